// Loads the SDK: commands import it when a store turns out to be a deployed service's.
import { PlumblineError } from '#core/errors.ts';
import { textOf, type JsonObject } from '#core/json.ts';
import { callService } from '#aws/service-call.ts';
import type { Session } from '#aws/session.ts';
import type { ServiceDescription } from '#lambda/service-document.ts';

export interface ServiceAnswer {
  /** What is to be shown. */
  readonly text: string;
  readonly document: JsonObject;
}

/** Asks a deployed service as whoever signed in. Throws its refusal. */
export async function askService(
  caller: Session,
  { url, region }: ServiceDescription,
  question: object,
): Promise<ServiceAnswer> {
  if (url === undefined)
    throw new PlumblineError(
      'INPUT_INVALID',
      `the service in ${region} has no URL, since function URLs do not exist there: nothing can be changed from here`,
    );
  const document = await callService(caller.clients, { url, region }, question);
  return { document, text: textOf(document['text']) ?? '' };
}
