import * as z from 'zod/mini';
import type { OwnParts } from '#core/own-parts.ts';
import { encode, FORMAT, parseDocument } from './document-format.ts';
import { madeOnce } from './made-once.ts';
import type { Documents } from './ports.ts';
import { PARTS_DOCUMENT } from './service-names.ts';

const schema = madeOnce(() =>
  z.object({
    format: z.literal(FORMAT),
    account: z.string(),
    region: z.string(),
    parts: z.object({
      named: z.array(
        z.object({
          sort: z.enum(['function', 'role', 'queue', 'topic', 'table', 'key', 'rule', 'schedule']),
          label: z.string(),
          name: z.string(),
        }),
      ),
      alarmPrefix: z.string(),
      regions: z.array(z.string()),
    }),
  }),
);

/** What a deployed service is made of, and where. */
export interface PartsDescription {
  readonly account: string;
  readonly region: string;
  readonly parts: OwnParts;
}

/** The parts of the service whose documents these are; undefined for a store without one. */
export async function findParts(documents: Documents): Promise<PartsDescription | undefined> {
  const document = await documents.read(PARTS_DOCUMENT);
  if (document === undefined) return undefined;
  const name = `${documents.place}/${PARTS_DOCUMENT}`;
  return parseDocument(schema, document.body, { name, mend: 'the service writes it anew within minutes' });
}

/** Writes what the service is made of, if that is not what stands there. */
export async function keepPartsDocument(documents: Documents, description: PartsDescription): Promise<void> {
  const body = encode({ format: FORMAT, ...description });
  const before = await documents.read(PARTS_DOCUMENT);
  if (before === undefined) await documents.create(PARTS_DOCUMENT, body);
  else if (!Buffer.from(before.body).equals(body)) await documents.replace(PARTS_DOCUMENT, body, before.version);
}
