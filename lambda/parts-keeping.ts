import { isJsonObject, isSameJson, type Json } from '#core/json.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { ownPartsFrom, ownRefs, type OwnParts } from '#core/own-parts.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import { encode, FORMAT } from './document-encoding.ts';
import type { Documents, Ledger } from './ports.ts';
import { DRIFT } from './record.ts';
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
  /** Hears of what it is made of no more, before that is forgotten. */
  readonly removed: (refs: readonly ResourceRef[]) => Promise<void>;
}

/**
 * What the service is made of, by what starts the watch on it. What was told before holds until a deployment explains that it is something
 * else: whoever can change an input could otherwise have the watch look at nothing, or expect what another stack does.
 */
export async function takeTold(
  documents: Documents,
  { description, wasDeployed, removed }: Telling,
): Promise<OwnParts> {
  const told = ownPartsFrom(description.parts);
  const kept = await keptParts(documents);
  if (kept !== undefined && !isSameJson(jsonOf(kept), jsonOf(told))) {
    if (!(await wasDeployed(kept.stacks))) return kept;
    const [before, now] = [kept, told].map((parts) => ownRefs(parts, description));
    const still = new Set(now?.map(printRef));
    await removed((before ?? []).filter((ref) => !still.has(printRef(ref))));
  }
  await keepPartsDocument(documents, description);
  return told;
}

/** Nobody looks any more at what a deployment took away, so what was open of it ends: what a deployment makes is what is right. */
export async function endRemoved(
  refs: readonly ResourceRef[],
  { ledger, now }: { readonly ledger: Ledger; readonly now: () => Date },
): Promise<void> {
  const at = now().toISOString();
  for (const item of await ledger.readMany(refs.map((ref) => ({ family: DRIFT, id: printRef(ref) })))) {
    const record = item.body as unknown as DriftRecord;
    if (record.status !== 'open') continue;
    const closed: DriftRecord = { ...record, status: 'closed', closedAt: at, endedBy: 'acceptance' };
    await ledger.write({ ...item, body: closed as unknown as Json, dueAt: at });
  }
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
