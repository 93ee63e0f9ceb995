import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import * as z from 'zod/mini';
import { PlumblineError } from '#core/errors.ts';
import { nearest } from '#core/reference.ts';
import type { ActionItem } from '#core/report.ts';

const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

const actionItem = z.strictObject({
  /** As a check names it. */
  id: z.string().check(z.regex(/^[A-Z]+-\d+$/, 'must look like TM-1')),
  title: z.string(),
  horizon: z.optional(z.string()),
});

const incident = z.strictObject({
  /** The last part of the post's address. */
  slug: z.string().check(z.regex(/^[a-z0-9-]+$/, 'must be lower-case words joined by hyphens')),
  title: z.string(),
  actionItems: z._default(z.array(actionItem), []),
});

const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;

const text = (pattern: RegExp, says: string) => z.string().check(z.regex(pattern, says));

const ADDRESS_WAYS = ['email', 'https', 'sqs', 'lambda'] as const;

/** One who is told: exactly one way to them, and what they want to hear of. */
const subscriber = z
  .strictObject({
    email: z.optional(text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'must be an address such as oncall@example.com')),
    https: z.optional(text(/^https:\/\/\S+$/, 'must be an address that starts with https://')),
    sqs: z.optional(text(/^arn:[\w-]+:sqs:[\w-]+:\d{12}:\S+$/, 'must be the ARN of a queue')),
    lambda: z.optional(text(/^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:\S+$/, 'must be the ARN of a function')),
    /** Only these severities; left out: all, and the digest. */
    severities: z.optional(
      z.array(z.enum(SEVERITIES)).check(z.minLength(1, 'must name a severity, or be left out for all')),
    ),
    /** Only what these own; left out: everybody's. */
    owners: z.optional(z.array(z.string()).check(z.minLength(1, 'must name an owner, or be left out for all'))),
  })
  .check(
    z.refine((one) => ADDRESS_WAYS.filter((way) => one[way] !== undefined).length === 1, {
      error: `must have exactly one of ${ADDRESS_WAYS.join(', ')}`,
    }),
  );

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const days = (most: number) =>
  z
    .number()
    .check(
      z.int('must be a whole number of days'),
      z.minimum(1, 'must be a day or more'),
      z.maximum(most, `must be at most ${most} days`),
    );

/** Everything that `plumbline.yaml` may hold. */
export const settingsSchema = z.strictObject({
  regions: z.optional(
    z
      .array(z.string().check(z.regex(REGION, 'must be a region such as us-east-1')))
      .check(z.minLength(1, 'must name a region, or be left out for all')),
  ),
  ownerTags: z._default(z.array(z.string()), ['owner', 'team']),
  /** The clock of whoever reads the alerts. */
  timeZone: z._default(
    z
      .string()
      .check(z.refine(isTimeZone, { error: 'must be a name of the time zone database, such as America/New_York' })),
    'UTC',
  ),
  schedule: z._default(
    z.strictObject({
      sweepEvery: z._default(
        z.enum(['15 minutes', '1 hour', '3 hours', '6 hours', '12 hours', '1 day'], {
          error: 'must be one of 15 minutes, 1 hour, 3 hours, 6 hours, 12 hours, 1 day',
        }),
        '3 hours',
      ),
      digestAt: z._default(text(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of the day such as 08:00'), '08:00'),
    }),
    { sweepEvery: '3 hours', digestAt: '08:00' },
  ),
  /** Who is told what. Self-watch tells of the service itself, and wants other readers than the alerts. */
  tell: z._default(
    z.strictObject({
      alerts: z._default(z.array(subscriber), []),
      selfWatch: z._default(z.array(subscriber), []),
      /** A topic of its own for Amazon Q Developer in chat applications, which reads no other body. */
      chat: z._default(z.boolean(), false),
    }),
    { alerts: [], selfWatch: [], chat: false },
  ),
  keep: z._default(
    z.strictObject({
      snapshotsDays: z._default(days(3650), 90),
      logsDays: z._default(
        z.enum({ d7: 7, d30: 30, d90: 90, d180: 180, d365: 365 }, { error: 'must be 7, 30, 90, 180 or 365' }),
        90,
      ),
      /** Nothing in the audit bucket can be deleted or changed for so long, by anybody. */
      objectLockDays: z.optional(days(3650)),
    }),
    { snapshotsDays: 90, logsDays: 90 },
  ),
  postmortems: z._default(
    z.strictObject({
      base: z.url({
        protocol: /^https?$/,
        error: 'must be an address such as https://status.example.com/postmortems/',
      }),
      incidents: z.array(incident),
    }),
    { base: 'https://example.com/', incidents: [] },
  ),
});

export type Settings = z.infer<typeof settingsSchema>;

/**
 * Reads the text of a settings file strictly. Throws SETTING_INVALID: one sentence with file, line, key, and the nearest known key
 * or value.
 */
export function parseSettings(text: string, file: string): Settings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken) {
    const says = broken.message.split('\n', 1)[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? 'is no YAML';
    throw new PlumblineError('SETTING_INVALID', `${file}:${lines.linePos(broken.pos[0]).line}: ${says}`, {
      cause: broken,
    });
  }
  const parsed = settingsSchema.safeParse(valueOf(document, file) ?? {});
  if (parsed.success) return refuseTwins(parsed.data, { document, file, lines });
  // A misspelt key is why another is missing: it is told first.
  const issue = parsed.error.issues.find(({ code }) => code === 'unrecognized_keys') ?? parsed.error.issues[0];
  if (issue === undefined) throw new PlumblineError('SETTING_INVALID', `${file}: cannot be read`);
  throw new PlumblineError('SETTING_INVALID', sentenceOf(issue, { document, file, lines }), { cause: parsed.error });
}

function valueOf(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new PlumblineError('SETTING_INVALID', `${file}: its aliases (*name) repeat too much: write the values out`, {
      cause,
    });
  }
}

/** Action items with their links, in the order of the file. */
export function actionItemsIn({ postmortems }: Settings): readonly ActionItem[] {
  return postmortems.incidents.flatMap(({ slug, actionItems }) =>
    actionItems.map(({ id, title }) => ({ id, title, link: new URL(slug, postmortems.base).href })),
  );
}

interface Source {
  readonly document: Document.Parsed;
  readonly file: string;
  readonly lines: LineCounter;
}

type Issue = z.core.$ZodIssue;

function sentenceOf(issue: Issue, source: Source): string {
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const known = knownKeys(issue.path);
    const near = nearest(key, known);
    const line = lineOf([...issue.path, key], source);
    return `${source.file}:${line}: "${pathText([...issue.path, key])}" is no setting${near ? `; did you mean "${near}"?` : `: here may stand ${known.join(', ')}`}`;
  }
  const what = issue.path.length === 0 ? 'the file' : `"${pathText(issue.path)}"`;
  return `${source.file}:${lineOf(issue.path, source)}: ${what} ${messageOf(issue, source)}`;
}

function messageOf(issue: Issue, { document }: Source): string {
  if (issue.code !== 'invalid_type') return issue.message;
  if (issue.path.length > 0 && document.getIn(issue.path) === undefined) return 'is missing';
  return `must be ${article(issue.expected)}`;
}

function article(expected: string): string {
  const words: Readonly<Record<string, string>> = { array: 'a list', object: 'a map of settings', string: 'a text' };
  return words[expected] ?? expected;
}

/** The keys that the schema knows at a path. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schema: z.core.$ZodType = settingsSchema;
  for (const step of path) schema = inside(schema, step) ?? schema;
  const object = unwrap(schema);
  return 'shape' in object._zod.def ? Object.keys(object._zod.def.shape as object) : [];
}

function inside(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType | undefined {
  const { def } = unwrap(schema)._zod;
  if ('element' in def) return def.element as z.core.$ZodType;
  return 'shape' in def ? (def.shape as Record<PropertyKey, z.core.$ZodType>)[step] : undefined;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return 'innerType' in schema._zod.def ? unwrap(schema._zod.def.innerType as z.core.$ZodType) : schema;
}

/** The line of a key or a list member; of the nearest thing around it where it is missing. */
function lineOf(path: readonly PropertyKey[], { document, lines }: Source): number {
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const step of path) {
    const next = stepInto(isAlias(node) ? node.resolve(document) : node, step);
    offset = next?.offset ?? offset;
    node = next?.node;
  }
  return lines.linePos(offset).line;
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

/** An id that two action items bear would link a check to the wrong incident. */
function refuseTwins(settings: Settings, source: Source): Settings {
  const seen = new Set<string>();
  for (const [index, { actionItems }] of settings.postmortems.incidents.entries()) {
    for (const [place, { id }] of actionItems.entries()) {
      if (seen.has(id)) {
        const line = lineOf(['postmortems', 'incidents', index, 'actionItems', place, 'id'], source);
        throw new PlumblineError(
          'SETTING_INVALID',
          `${source.file}:${line}: the action item ${id} stands twice: give the second one an id of its own`,
        );
      }
      seen.add(id);
    }
  }
  return settings;
}
