/** What the bundles have in place of a parser of browsers' names, which the SDK loads only in a browser. */
export const parse = (): Record<string, never> => ({});
export default { parse };
