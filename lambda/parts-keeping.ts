import { isJsonObject, isSameJson, type Json } from '#core/json.ts';
import { ownPartsFrom, type OwnParts } from '#core/own-parts.ts';
import { encode, FORMAT } from './document-encoding.ts';
import type { Documents } from './ports.ts';
import { PARTS_DOCUMENT } from './service-names.ts';

/** What a deployed service is made of, and where: `parts` as the stack wrote it. */
export interface PartsDescription {
  readonly account: string;
  readonly region: string;
  readonly parts: Json;
}

/** Writes what the service is made of, if that is not what stands there. */
export async function keepPartsDocument(documents: Documents, description: PartsDescription): Promise<void> {
  const body = encode({ format: FORMAT, ...description });
  const before = await documents.read(PARTS_DOCUMENT);
  if (before === undefined) await documents.create(PARTS_DOCUMENT, body);
  else if (!Buffer.from(before.body).equals(body)) await documents.replace(PARTS_DOCUMENT, body, before.version);
}

export interface Telling {
  readonly description: PartsDescription;
  /** Was one of these stacks deployed, so that the service may be made of something else by now? */
  readonly wasDeployed: (stacks: OwnParts['stacks']) => Promise<boolean>;
}

/**
 * What the service is made of, by what starts the watch on it. What was told before holds until a deployment explains that it is something
 * else: whoever can change an input could otherwise have the watch look at nothing, or expect what another stack does.
 */
export async function takeTold(documents: Documents, { description, wasDeployed }: Telling): Promise<OwnParts> {
  const told = ownPartsFrom(description.parts);
  const kept = await keptParts(documents);
  const isSame = kept === undefined || isSameJson(jsonOf(kept), jsonOf(told));
  if (!isSame && !(await wasDeployed(kept.stacks))) return kept;
  await keepPartsDocument(documents, description);
  return told;
}

function jsonOf(parts: OwnParts): Json {
  return parts as unknown as Json;
}

/** The parts as they were last kept; undefined where nobody kept any. What is written there only the service itself can write. */
export async function keptParts(documents: Documents): Promise<OwnParts | undefined> {
  const document = await documents.read(PARTS_DOCUMENT);
  if (document === undefined) return undefined;
  const kept = JSON.parse(Buffer.from(document.body).toString('utf8')) as Json;
  return isJsonObject(kept) && kept['parts'] !== undefined ? ownPartsFrom(kept['parts']) : undefined;
}
