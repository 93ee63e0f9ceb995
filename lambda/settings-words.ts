import * as z from 'zod/mini';

/** What an editor shows of a setting; the words have their one home beside each setting, and docs/plumbline.schema.json is made from them. */
export const said = <S extends z.ZodMiniType>(description: string, schema: S, more: z.core.GlobalMeta = {}): S => {
  z.globalRegistry.add<z.ZodMiniType>(schema, { description, ...more });
  return schema;
};

/** A text that fits a pattern; else what it has to be. */
export const text = (pattern: RegExp, says: string) => z.string().check(z.regex(pattern, says));
