// Loads the SDK: commands import it when a store turns out to be a deployed service's.
import { setTimeout as wait } from 'node:timers/promises';
import { PlumblineError } from '#core/errors.ts';
import { isJsonObject, textOf, type JsonObject } from '#core/json.ts';
import { proveIdentity } from '#aws/identity.ts';
import { callService, invokeService } from '#aws/service-call.ts';
import { isChanging } from '#lambda/asks.ts';
import type { Documents, OnProgress, Progress } from '#lambda/ports.ts';
import type { Session } from '#aws/session.ts';
import type { ServiceDescription } from '#lambda/service-document.ts';
import { readLinked, type LinkedAnswer } from './linked-answer.ts';

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
  const document =
    url === undefined
      ? await invokeService(clients, { name: answering(name, store), region }, asked)
      : await callService(clients, { url, region }, asked);
  return { document, text: textOf(document['text']) ?? '' };
}

/** The construct's name in its stack, which CloudFormation puts into the function's. */
const ANSWERS = /^[\w-]*OnRequest[\w-]*$/;

/** Whoever may write into a store names a function in it, and it would be invoked with the person's own rights: only one that answers is. */
function answering(name: string | undefined, store: string): string {
  if (name !== undefined && ANSWERS.test(name)) return name;
  throw new PlumblineError(
    'INPUT_INVALID',
    name === undefined
      ? `service.json in ${store} tells neither a URL nor a function: deploy the stack again with this version`
      : `service.json in ${store} names the function "${name.slice(0, 80)}", which is no on-request of a stack of Plumbline: look who wrote it`,
  );
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
    if (document['status'] === 'done') return readAnswer(documents, { key, link: document['link'] });
    await wait(ASK_AGAIN_MS[tries] ?? ASK_AGAIN_MS.at(-1), undefined, { signal });
    onWait(progressOf(document, { ticket, tries: tries + 1 }));
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

/** How far an answer has come: by accounts, where it is over several. */
function progressOf(
  { accounts }: JsonObject,
  { ticket, tries }: { readonly ticket: string; readonly tries: number },
): Progress {
  const { answered, of } = isJsonObject(accounts) ? accounts : {};
  if (typeof answered === 'number' && typeof of === 'number')
    return { doing: `waiting for the accounts under ticket ${ticket}:`, done: answered, of };
  return { doing: `waiting for the answer under ticket ${ticket}, asked`, done: tries, of: tries };
}

/** Reads an answer that is larger than a function may give: by the link that came with it, else with the person's own right. */
async function readAnswer(documents: Documents, answer: LinkedAnswer): Promise<JsonObject> {
  const linked = await readLinked(documents, answer);
  if (linked !== undefined) return linked;
  const { key } = answer;
  const kept = await documents.read(key);
  const value: unknown = kept === undefined ? undefined : JSON.parse(Buffer.from(kept.body).toString('utf8'));
  if (isJsonObject(value)) return value;
  throw new PlumblineError('STORE_DAMAGED', `${documents.place}/${key} is no answer: ask again`);
}
