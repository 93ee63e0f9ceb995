import { EXISTS, rootOf, type KindDeclaration } from '#core/declaration.ts';
import type { Change, Drift } from '#core/change.ts';
import { listIn } from '#core/comparison.ts';
import { isJsonObject, setChange, type Json, type JsonObject } from '#core/json.ts';
import { isSamePolicy, parsePolicy, statementChange } from '#core/policy.ts';
import { ABSENT, valueOf, type JsonReading } from '#core/reading.ts';
import { printable } from './printable.ts';

/** One line of a difference: what it does to the setting, and how deep it stands. */
export interface ValueLine {
  readonly sign: '+' | '-' | '~' | ' ';
  readonly indent: number;
  readonly text: string;
}

/** Members of a set shown before the rest is counted; the whole is in `--json`. */
const MOST_MEMBERS = 8;

/** Why something was not read, in words. */
const SKIPPED: Readonly<Record<string, string>> = {
  'ownership-enforced': 'ACLs are off: ownership is BucketOwnerEnforced',
  'no-public-door': 'no wildcard principal and no public grant could open it',
};

/** A change as lines, in the manner of a plan: before → after, sets as `+3 −0`, policies by statement. */
export function linesOf(declaration: KindDeclaration, change: Change): readonly ValueLine[] {
  if (change.path === EXISTS) return [];
  const declared = declaration.paths[rootOf(change.path)];
  const { before, after } = change;
  const isWhole = change.path === rootOf(change.path);
  if (isWhole && declared?.form === 'set') return setLines(change);
  if (isWhole && declared?.form === 'policy') return policyLines(change);
  if (isWhole && declared?.form === 'record' && (isRecord(before) || isRecord(after))) return recordLines(change);
  return [{ sign: '~', indent: 0, text: `${printable(change.path)}: ${readingText(before)} → ${readingText(after)}` }];
}

/** Everything that a created resource holds, or a deleted one held. */
export function holdsLines(declaration: KindDeclaration, { holds = {}, changes }: Drift): readonly ValueLine[] {
  const isCreated = changes.some((change) => change.path === EXISTS && change.after.status === 'present');
  return Object.entries(holds).flatMap(([path, reading]) => {
    const sides = isCreated ? { before: ABSENT, after: reading } : { before: reading, after: ABSENT };
    const lines = linesOf(declaration, {
      path,
      ...sides,
      exposure: 'unknown',
      breakage: 'unknown',
      says: '',
      check: '',
    });
    return lines.map((line): ValueLine => (line.sign === '~' ? { ...line, sign: isCreated ? '+' : '-' } : line));
  });
}

/** A reading in a few words. */
export function readingText(reading: JsonReading): string {
  switch (reading.status) {
    case 'present':
      return valueText(reading.value);
    case 'absent':
      return 'not set';
    case 'unreadable':
      return `unreadable (${printable(reading.code)})`;
    case 'skipped':
      return `not read (${SKIPPED[reading.because] ?? printable(reading.because)})`;
  }
}

function valueText(value: Json): string {
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}

function setLines({ path, before, after }: Change): readonly ValueLine[] {
  if (before.status === 'skipped' || after.status === 'skipped') {
    return [
      {
        sign: '~',
        indent: 0,
        text: `${path}: ${before.status === 'present' ? 'in force' : readingText(before)} → ${after.status === 'present' ? 'in force' : readingText(after)}`,
      },
      ...members(after.status === 'present' ? listIn(after.value) : [], '+'),
      ...members(before.status === 'present' ? listIn(before.value) : [], '-'),
    ];
  }
  const [had, has] = [membersOf(before), membersOf(after)];
  const { added, removed } = setChange(had, has);
  if (before.status !== 'present' || after.status !== 'present') {
    const size = (reading: JsonReading): string =>
      reading.status === 'present' ? `${listIn(reading.value).length} members` : readingText(reading);
    return [
      { sign: '~', indent: 0, text: `${path}: ${size(before)} → ${size(after)}` },
      ...members(added, '+'),
      ...members(removed, '-'),
    ];
  }
  return [
    { sign: '~', indent: 0, text: `${path}: +${added.length} −${removed.length} (${had.length} → ${has.length})` },
    ...members(added, '+'),
    ...members(removed, '-'),
  ];
}

function membersOf(reading: JsonReading): readonly Json[] {
  return reading.status === 'present' ? listIn(reading.value) : [];
}

function members(values: readonly Json[], sign: '+' | '-'): readonly ValueLine[] {
  const shown = values.slice(0, MOST_MEMBERS).map((value): ValueLine => ({ sign, indent: 1, text: memberText(value) }));
  const more = values.length - shown.length;
  return more > 0 ? [...shown, { sign, indent: 1, text: `… and ${more} more` }] : shown;
}

function memberText(value: Json): string {
  if (isJsonObject(value) && typeof value['grantee'] === 'string' && typeof value['permission'] === 'string') {
    return printable(`${value['permission']} to ${value['grantee']}`);
  }
  return valueText(value);
}

function policyLines({ path, before, after, written }: Change): readonly ValueLine[] {
  if (
    (before.status !== 'present' && before.status !== 'absent') ||
    (after.status !== 'present' && after.status !== 'absent')
  ) {
    return [{ sign: '~', indent: 0, text: `${path}: ${readingText(before)} → ${readingText(after)}` }];
  }
  const { added, removed } = statementChange(asWritten(written?.before, before), asWritten(written?.after, after));
  const verb = before.status === 'absent' ? 'not set → set, ' : after.status === 'absent' ? 'set → not set, ' : '';
  return [
    { sign: '~', indent: 0, text: `${path}: ${verb}statements +${added.length} −${removed.length}` },
    ...added.map((statement): ValueLine => ({ sign: '+', indent: 1, text: valueText(statement) })),
    ...removed.map((statement): ValueLine => ({ sign: '-', indent: 1, text: valueText(statement) })),
    ...versionLines(documentOf(before), documentOf(after)),
  ];
}

function versionLines(before: JsonObject, after: JsonObject): readonly ValueLine[] {
  const [had, has] = [before['Version'], after['Version']];
  return had === undefined || has === undefined || had === has
    ? []
    : [{ sign: '~', indent: 1, text: `Version: ${valueText(had)} → ${valueText(has)}` }];
}

/** The policy with the words that its author chose, where they are at hand and still mean what was compared. */
function asWritten(text: string | undefined, reading: JsonReading): JsonObject {
  const document = documentOf(reading);
  const parsed = text === undefined ? undefined : valueOf(parsePolicy(text));
  return parsed !== undefined && isSamePolicy(parsed, document) ? parsed : document;
}

function documentOf(reading: JsonReading): JsonObject {
  return reading.status === 'present' && isJsonObject(reading.value) ? reading.value : {};
}

function isRecord(reading: JsonReading): boolean {
  return reading.status === 'present' && isJsonObject(reading.value);
}

function recordLines({ path, before, after }: Change): readonly ValueLine[] {
  const [sign, value] =
    after.status === 'present'
      ? (['+', after.value] as const)
      : (['-', before.status === 'present' ? before.value : {}] as const);
  const head: ValueLine = { sign: '~', indent: 0, text: `${path}: ${wordOf(before)} → ${wordOf(after)}` };
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  return [
    head,
    ...entries.map(([member, inner]): ValueLine => ({
      sign,
      indent: 1,
      text: `${printable(member)}: ${valueText(inner)}`,
    })),
  ];
}

function wordOf(reading: JsonReading): string {
  return reading.status === 'present' ? 'set' : readingText(reading);
}
