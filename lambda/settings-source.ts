import { isAlias, isMap, isNode, isScalar, isSeq, type Document, type LineCounter } from 'yaml';
import * as z from 'zod/mini';
import { nearest } from '#core/reference.ts';

/** A settings file as it was written, for telling where in it a mistake stands. */
export interface Source {
  readonly document: Document.Parsed;
  readonly file: string;
  /** Left out where the settings are no file. */
  readonly lines?: LineCounter;
  /** What the file is read by. */
  readonly schema: z.core.$ZodType;
}

type Issue = z.core.$ZodIssue;

/** One sentence: file, line, key, what is wrong, and the nearest known key. */
export function sentenceOf(issue: Issue, source: Source): string {
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const known = knownKeys(issue.path, source);
    const near = nearest(key, known);
    return `${placeOf([...issue.path, key], source)}: "${pathText([...issue.path, key])}" is no setting${near ? `; did you mean "${near}"?` : `: here may stand ${known.join(', ')}`}`;
  }
  const what = issue.path.length === 0 ? 'the file' : `"${pathText(issue.path)}"`;
  return `${placeOf(issue.path, source)}: ${what} ${messageOf(issue, source)}`;
}

function messageOf(issue: Issue, { document }: Source): string {
  // A number that is not whole is called a wrong type too, and has words of its own.
  if (issue.code !== 'invalid_type' || issue.expected === 'int') return issue.message;
  if (issue.path.length > 0 && document.getIn(issue.path) === undefined) return 'is missing';
  return `must be ${article(issue.expected)}`;
}

function article(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    array: 'a list',
    object: 'a map of settings',
    string: 'a text',
    number: 'a number',
    boolean: 'true or false',
  };
  return words[expected] ?? expected;
}

/** The keys that the schema knows at a path. */
function knownKeys(path: readonly PropertyKey[], { schema }: Source): readonly string[] {
  const object = unwrap(schemaAt(schema, path));
  return 'shape' in object._zod.def ? Object.keys(object._zod.def.shape as object) : [];
}

function schemaAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType {
  return path.reduce<z.core.$ZodType>((around, step) => inside(around, step) ?? around, schema);
}

/** What the setting at a path is for, in a sentence. */
export function descriptionAt(schema: z.core.$ZodType, path: readonly string[]): string {
  return z.globalRegistry.get(schemaAt(schema, path))?.description ?? '';
}

function inside(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType | undefined {
  const { def } = unwrap(schema)._zod;
  if ('element' in def) return def.element as z.core.$ZodType;
  return 'shape' in def ? (def.shape as Record<PropertyKey, z.core.$ZodType>)[step] : undefined;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return 'innerType' in schema._zod.def ? unwrap(schema._zod.def.innerType as z.core.$ZodType) : schema;
}

/** File and line of a key or a list member; of the nearest thing around it where it is missing. */
export function placeOf(path: readonly PropertyKey[], { document, file, lines }: Source): string {
  if (lines === undefined) return file;
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const step of path) {
    const next = stepInto(isAlias(node) ? node.resolve(document) : node, step);
    offset = next?.offset ?? offset;
    node = next?.node;
  }
  return `${file}:${lines.linePos(offset).line}`;
}

function stepInto(node: unknown, step: PropertyKey): { node: unknown; offset: number | undefined } | undefined {
  if (isSeq(node)) {
    const member = node.items[Number(step)];
    return { node: member, offset: offsetOf(member) };
  }
  const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === step) : undefined;
  return pair && { node: pair.value, offset: offsetOf(pair.key) };
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`))
    .join('');
}
