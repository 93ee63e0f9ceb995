// Loads the SDK: commands import it when a store turns out to be a deployed service's.
import { setTimeout as wait } from 'node:timers/promises';
import { PlumblineError } from '#core/errors.ts';
import { isJsonObject, textOf, type JsonObject } from '#core/json.ts';
import { proveIdentity } from '#aws/identity.ts';
import { callService, invokeService } from '#aws/service-call.ts';
import { isChanging } from '#lambda/asks.ts';
import type { Documents, OnProgress } from '#lambda/ports.ts';
import type { Session } from '#aws/session.ts';
import type { ServiceDescription } from '#lambda/service-document.ts';

export interface ServiceAnswer {
  /** What is to be shown. */
  readonly text: string;
  readonly document: JsonObject;
}

/** A deployed service, and where its documents are: what a proof of identity is made for. */
export interface Deployed {
  readonly service: ServiceDescription;
  readonly store: string;
}

/**
 * Asks a deployed service as whoever signed in, over its URL, or by an invoke where there is none. A question that changes something takes
 * a proof of who asks along. Throws its refusal.
 */
export async function askService(
  caller: Session,
  { service, store }: Deployed,
  question: JsonObject,
): Promise<ServiceAnswer> {
  const { url, function: name, region } = service;
  const { clients } = caller;
  const proof = isChanging(question['ask']) ? await proveIdentity(clients, { region, store, question }) : undefined;
  const asked = { ...question, ...(proof === undefined ? {} : { proof }) };
  if (url === undefined && name === undefined)
    throw new PlumblineError(
      'INPUT_INVALID',
      `the service in ${region} tells neither a URL nor a function: deploy its stack again with this version`,
    );
  const document =
    url === undefined
      ? await invokeService(clients, { name: name ?? '', region }, asked)
      : await callService(clients, { url, region }, asked);
  return { document, text: textOf(document['text']) ?? '' };
}

/** Waits between two questions whether an answer is there: most come within seconds. */
const ASK_AGAIN_MS = [1_000, 2_000, 3_000, 5_000] as const;

/** The document that answers a question, also where it comes under a ticket: waits for it, and says how long. Throws why it failed. */
export async function documentFrom(
  { caller, deployed, documents }: Asking,
  question: JsonObject,
  { onWait, signal }: Waiting,
): Promise<JsonObject> {
  let { document } = await askService(caller, deployed, question);
  for (let tries = 0; ; tries += 1) {
    const ticket = textOf(document['ticket']);
    const key = textOf(document['key']);
    if (ticket === undefined || key === undefined) return document;
    if (document['status'] === 'done') return readAnswer(documents, key);
    await wait(ASK_AGAIN_MS[tries] ?? ASK_AGAIN_MS.at(-1), undefined, { signal });
    onWait({ doing: `waiting for the answer under ticket ${ticket}, asked`, done: tries + 1, of: tries + 1 });
    ({ document } = await askService(caller, deployed, { ask: 'answer', ticket }));
  }
}

export interface Asking {
  readonly caller: Session;
  readonly deployed: Deployed;
  /** Where an answer is that is too large to be one. */
  readonly documents: Documents;
}

export interface Waiting {
  readonly onWait: OnProgress;
  readonly signal: AbortSignal;
}

/** Reads an answer that is larger than a function may give. */
async function readAnswer(documents: Documents, key: string): Promise<JsonObject> {
  const kept = await documents.read(key);
  const value: unknown = kept === undefined ? undefined : JSON.parse(Buffer.from(kept.body).toString('utf8'));
  if (isJsonObject(value)) return value;
  throw new PlumblineError('STORE_DAMAGED', `${documents.place}/${key} is no answer: ask again`);
}
