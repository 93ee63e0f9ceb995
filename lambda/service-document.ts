import * as z from 'zod/mini';
import { encode, FORMAT } from './document-encoding.ts';
import { parseDocument } from './document-format.ts';
import { madeOnce } from './made-once.ts';
import type { Documents } from './ports.ts';
import { SERVICE_DOCUMENT } from './service-names.ts';

const schema = madeOnce(() =>
  z.object({
    format: z.literal(FORMAT),
    account: z.string(),
    region: z.string().check(z.regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/)),
    table: z.string(),
    /** Where the service answers; missing where function URLs do not exist (aws-facts §13). */
    url: z.optional(z.string()),
    /** The function that answers, by name: how it is asked where there is no URL. */
    function: z.optional(z.string()),
    /** Is it a hub, which answers for its members too? */
    hub: z.optional(z.literal(true)),
    version: z.string(),
  }),
);

/** A deployed service, as its own document tells. */
export type ServiceDescription = z.infer<ReturnType<typeof schema>>;

/** The service whose documents these are; undefined for a store without one. */
export async function findService(documents: Documents): Promise<ServiceDescription | undefined> {
  const document = await documents.read(SERVICE_DOCUMENT);
  if (document === undefined) return undefined;
  const name = `${documents.place}/${SERVICE_DOCUMENT}`;
  return parseDocument(schema, document.body, { name, mend: 'the service writes it anew within a minute' });
}

/** Writes where the service is, if that is not what stands there. */
export async function describeService(
  documents: Documents,
  description: Omit<ServiceDescription, 'format'>,
): Promise<void> {
  const body = encode({ format: FORMAT, ...description });
  const before = await documents.read(SERVICE_DOCUMENT);
  if (before === undefined) await documents.create(SERVICE_DOCUMENT, body);
  else if (!Buffer.from(before.body).equals(body)) await documents.replace(SERVICE_DOCUMENT, body, before.version);
}
