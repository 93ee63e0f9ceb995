import { digestOf } from '#core/digest.ts';
import { parseEvent } from '#core/event.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { Documents } from '#lambda/ports.ts';
import { ACCOUNT, bucketRef } from './builders.ts';
import { recordOf } from './records.ts';

/** One note of a change or an event, as the workers keep it. */
export async function noted(documents: Documents, at: string, body: JsonObject): Promise<void> {
  const compact = at.replace(/[-:.]/g, '');
  const name = `changes/account=${ACCOUNT}/dt=${at.slice(0, 10)}/${compact}-${digestOf(JSON.stringify(body)).slice(0, 16)}.json`;
  const ref = bucketRef('exports');
  await documents.create(name, Buffer.from(JSON.stringify({ format: 1, at, ...ref, takenAt: at, ...body })));
}

/** An event on the bucket `exports`. */
export const eventNamed = (name: string, id: string, more: Readonly<Record<string, Json>> = {}): Json => {
  const parameters = { bucketName: 'exports' };
  const record = recordOf(name, { eventID: id, requestParameters: parameters, awsRegion: 'us-east-1', ...more });
  return parseEvent(record) as unknown as Json;
};
/** A change of a path, as a note has it. */
export const changed = (path: string): Json => ({ path, says: `${path} set`, after: { status: 'present', value: 1 } });
/** What was noted of an event. */
export const byEvent = (event: Json, evidence: JsonObject, more: JsonObject = {}): JsonObject => ({
  status: 'changed',
  event,
  evidence,
  changes: [],
  ...more,
});
