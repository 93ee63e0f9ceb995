import * as z from 'zod/mini';

/** What an editor shows of a setting; the words have their one home beside each setting, and docs/plumbline.schema.json is made from them. */
export const said = <S extends z.ZodMiniType>(description: string, schema: S, more: z.core.GlobalMeta = {}): S => {
  z.globalRegistry.add<z.ZodMiniType>(schema, { description, ...more });
  return schema;
};

/** A text that fits a pattern; else what it has to be. */
export const text = (pattern: RegExp, says: string) => z.string().check(z.regex(pattern, says));

/** Texts with stars, any one of which has to fit; left out: nothing is asked. */
export const patterns = (what: string, examples: readonly string[]) =>
  said(
    `${what}; * stands for any part.`,
    z.optional(
      z
        .array(z.string().check(z.minLength(1, 'must not be empty')))
        .check(z.minLength(1, 'must name one, or be left out')),
    ),
    { examples: [examples] },
  );
