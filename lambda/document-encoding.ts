/** The format of what is kept. A document of a higher one was written by a newer Plumbline. */
export const FORMAT = 1;

/** A document as it is kept. Apart from what reads them: whoever only writes loads no schema. */
export function encode(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
