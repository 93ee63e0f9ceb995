import type { ResourceRef } from '#core/reference.ts';
import type { JsonReading } from '#core/reading.ts';
import type { JsonObject } from '#core/json.ts';
import type { AwsReads, ClientClass } from '../kind.ts';

/** What one part is read with. */
export interface PartRequest {
  readonly ref: ResourceRef;
  /** What AWS calls it. */
  readonly name: string;
  readonly partition: string;
  readonly aws: AwsReads;
}

/** What was read of one part. */
export interface PartReading {
  readonly watched: Readonly<Record<string, JsonReading>>;
  readonly details?: JsonObject;
}

export type PartReader = (request: PartRequest) => Promise<PartReading>;

/** One call in the part's region. */
export function callOf<C, O>({ ref }: PartRequest, client: ClientClass<C>, send: (client: C) => Promise<O>) {
  return { client, region: ref.region, send };
}

/** The ARN of a part, from its name. */
export function arnOf({ ref, name, partition }: PartRequest, service: string, resource = ''): string {
  return `arn:${partition}:${service}:${ref.region}:${ref.account}:${resource}${name}`;
}
