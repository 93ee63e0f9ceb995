import * as z from 'zod/mini';
import type { Json } from '#core/json.ts';
import { ownPartsFrom, type OwnParts } from '#core/own-parts.ts';
import { FORMAT } from './document-encoding.ts';
import { parseDocument } from './document-format.ts';
import { madeOnce } from './made-once.ts';
import type { Documents } from './ports.ts';
import { PARTS_DOCUMENT } from './service-names.ts';

const schema = madeOnce(() =>
  z.object({
    format: z.literal(FORMAT),
    account: z.string(),
    region: z.string(),
    parts: z.custom<Json>((value) => typeof value === 'object'),
  }),
);

/** A deployed service's parts, and where they are. */
export interface DeployedParts {
  readonly account: string;
  readonly region: string;
  readonly parts: OwnParts;
}

/** The parts of the service whose documents these are; undefined for a store without one. */
export async function findParts(documents: Documents): Promise<DeployedParts | undefined> {
  const document = await documents.read(PARTS_DOCUMENT);
  if (document === undefined) return undefined;
  const name = `${documents.place}/${PARTS_DOCUMENT}`;
  const { account, region, parts } = parseDocument(schema, document.body, {
    name,
    mend: 'the service writes it anew within minutes',
  });
  return { account, region, parts: ownPartsFrom(parts) };
}
