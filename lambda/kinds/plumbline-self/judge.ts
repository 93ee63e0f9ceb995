import type { Change } from '#core/change.ts';
import { listIn } from '#core/comparison.ts';
import { isJsonObject, setChange, textOf, type Json } from '#core/json.ts';
import { judged, type JudgeRequest, type KindJudge } from '#core/judge.ts';
import { ALARMS, sortOf } from '#core/own-parts.ts';
import type { State } from '#core/state.ts';
import { ailmentsOf } from './condition.ts';

/**
 * A change of the service itself either takes something from what it hears, does and says, or it does not. What takes nothing is no
 * matter; everything else is of the highest severity, since nobody can tell from a silent service that nothing happens.
 */
export const judge: KindJudge = {
  changes: (changes, request) => changes.map((change) => judgedOne(change, request)),
};

function judgedOne(change: Change, request: JudgeRequest): Change {
  const effects = effectsOf(change, request);
  const silences = effects.length > 0;
  return judged(
    { ...change, ...(silences ? { silences } : {}) },
    { exposure: 'same', breakage: silences ? 'breaks' : 'none', opensToWorld: false, effects, flips: [] },
  );
}

/** What it does to the watch, in sentences; none: it takes nothing from it. */
function effectsOf(change: Change, { before, after }: JudgeRequest): readonly string[] {
  const [root = '', ...rest] = change.path.split('.');
  const member = rest.join('.');
  // What is gone has no policy either, which is no second matter.
  if (root !== 'condition' && after?.watched['condition']?.status === 'absent') return [];
  switch (root) {
    case 'subscribers':
      return lostSubscribers(change);
    case 'purged':
      return change.after.status === 'present' ? [PURGED] : [];
    case 'policy':
      return ['Who may use it was changed.'];
    case 'permissions':
      return [
        'What it may do was changed outside of a deployment: it may fail to do its work, or do what it must not.',
      ];
    default:
      return conditionEffects({ change, member, before, after });
  }
}

interface ConditionChange {
  readonly change: Change;
  /** The member that moved; empty: all of it. */
  readonly member: string;
  readonly before: State | undefined;
  readonly after: State | undefined;
}

/** What ails it now is said; what was mended takes nothing from the watch; the rest was changed, and by no deployment. */
function conditionEffects({ change, member, before, after }: ConditionChange): readonly string[] {
  const [had = [], has = []] = [before, after].map((state) => (state === undefined ? [] : ailmentsOf(state)));
  const ails = has.filter((one) => member === '' || one.member === member);
  if (ails.length > 0) return [...new Set(ails.map(({ says }) => says))];
  const isHealed = had.some((one) => one.member === undefined || one.member === member);
  return isHealed ? [] : [sentenceOf({ sort: sortOf(after?.ref.id ?? ''), member, change })];
}

const PURGED = 'What waited in it was thrown away, unseen. A sweep was asked for, which reads everything again.';

function lostSubscribers({ before, after }: Change): readonly string[] {
  const listOf = (reading: Change['before']): readonly Json[] =>
    reading.status === 'present' ? listIn(reading.value) : [];
  const { removed } = setChange(listOf(before), listOf(after));
  const who = (one: Json): string => (isJsonObject(one) ? (textOf(one['who']) ?? 'somebody') : 'somebody');
  return removed.map((one) => `${who(one)} is no longer told.`);
}

interface Moved {
  readonly sort: string;
  readonly member: string;
  readonly change: Change;
}

const ENVIRONMENT =
  'What its environment tells it was changed outside of a deployment: it may write, look or tell elsewhere.';

const SENTENCES: Readonly<Record<string, string>> = {
  'function.code': 'Its code was replaced outside of a deployment.',
  'function.role': 'It runs under another role.',
  'function.takesFrom': 'It takes nothing from the queue any more.',
  'function.inPart': 'It takes only some of the messages of a queue: Lambda throws the others away, unseen.',
  'function.wholeBatches': 'What of a batch it could not work on is deleted, and not tried again.',
  'function.layers': 'Other code runs with it, or in place of it, and no deployment put it there.',
  'function.variables': ENVIRONMENT,
  'rule.brings': 'What the rule brings was changed outside of a deployment: some events may no longer be heard of.',
  'rule.targets': 'The rule brings events elsewhere.',
  'queue.MessageRetentionPeriod': 'It forgets sooner, or later, than it was made to.',
  'queue.deadLetters': 'What nobody can work on goes elsewhere, or is lost.',
  'schedule.every': 'It starts at other times.',
  'schedule.starts': 'It starts something else.',
  'schedule.brings': 'It brings something else to what it starts.',
  'schedule.from': 'It starts nothing before then.',
  'table.indexes': 'Its index was changed: the teller finds by it what is due.',
  'topic.key': 'It is encrypted with another key.',
};

function sentenceOf({ sort, member, change }: Moved): string {
  if (sort === 'function' && member === 'takesFrom' && !isLess(change)) return 'It takes from another queue.';
  if (sort === 'function' && member.startsWith('variable ')) return ENVIRONMENT;
  if (sort === ALARMS)
    return change.after.status === 'absent'
      ? 'An alarm on the service is gone.'
      : 'An alarm on the service was changed outside of a deployment: it may ring later, or never.';
  return SENTENCES[`${sort}.${member}`] ?? 'It was changed outside of a deployment.';
}

function isLess({ before, after }: Change): boolean {
  const count = (reading: Change['before']): number =>
    reading.status === 'present' ? listIn(reading.value).length : 0;
  return count(after) < count(before);
}
