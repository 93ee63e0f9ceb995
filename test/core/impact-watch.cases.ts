import type { UseNote, UseTold } from '#core/use-note.ts';

/** One moment of the watch after a change: minutes are counted from when the finding was first told. */
export interface WatchCase {
  readonly case: string;
  /** The fact or the need that it rests on. */
  readonly fact: string;
  /** The minute in which the logs were read. */
  readonly readAt: number;
  /** All of the finding was read as accepted again. */
  readonly isOver?: true;
  /** The minute in which the recovery was told: the logs are read for who works again. */
  readonly provedFrom?: number;
  /** Failures by then that the change explains. */
  readonly failures: number;
  readonly word: 'watching' | 'failing' | 'closed' | 'over' | 'proving';
  /** The minute of the next look; none: there is none by the clock. */
  readonly nextAt?: number;
}

const FIELD_23 = 'field §3.23: follow-up of an hour: no new 4xx, closing; or errors began, escalating';
const FIELD_26 = 'field §3.26: recovery with the first request that worked again';
const LATE = 'aws-facts §5.2: access logs come late, so what was missed is not looked at twice';

export const watchCases: readonly WatchCase[] = [
  { case: 'the first look', fact: FIELD_23, readAt: 0, failures: 0, word: 'watching', nextAt: 2 },
  { case: 'a look that took a minute', fact: FIELD_23, readAt: 1, failures: 0, word: 'watching', nextAt: 2 },
  { case: 'the second look', fact: FIELD_23, readAt: 2, failures: 0, word: 'watching', nextAt: 5 },
  { case: 'failures have begun', fact: FIELD_23, readAt: 5, failures: 211, word: 'failing', nextAt: 12 },
  { case: 'half an hour', fact: FIELD_23, readAt: 30, failures: 0, word: 'watching', nextAt: 58 },
  { case: 'nobody looked for a while', fact: LATE, readAt: 29, failures: 0, word: 'watching', nextAt: 30 },
  { case: 'the last look, and no failure', fact: FIELD_23, readAt: 58, failures: 0, word: 'closed' },
  { case: 'the last look, and failures', fact: FIELD_23, readAt: 58, failures: 967, word: 'failing' },
  { case: 'the last look came late', fact: LATE, readAt: 75, failures: 0, word: 'closed' },
  { case: 'taken back, and looked at once more', fact: FIELD_26, readAt: 7, isOver: true, failures: 3, word: 'over' },
  { case: 'taken back after the watch', fact: FIELD_26, readAt: 90, isOver: true, failures: 0, word: 'over' },
  {
    case: 'the recovery was told',
    fact: FIELD_26,
    readAt: 90,
    provedFrom: 90,
    failures: 3,
    word: 'proving',
    nextAt: 92,
  },
  { case: 'ten minutes later', fact: FIELD_26, readAt: 100, provedFrom: 90, failures: 3, word: 'proving', nextAt: 120 },
  { case: 'six hours later', fact: LATE, readAt: 450, provedFrom: 90, failures: 3, word: 'proving', nextAt: 1_530 },
  { case: 'the last look after it', fact: LATE, readAt: 1_530, provedFrom: 90, failures: 3, word: 'over' },
];

/** What is told of a look, after what was told before. */
export interface NewsCase {
  readonly case: string;
  readonly fact: string;
  readonly told?: UseTold;
  readonly note: Pick<UseNote, 'isUsed' | 'failures' | 'isQuiet' | 'isGivenUp'>;
  readonly isNews: boolean;
}

const NOTHING = { isUsed: false, failures: 0, isQuiet: false };
const USED = { ...NOTHING, isUsed: true };
const FAILING = { ...NOTHING, failures: 12 };
const SEVERITY = 'design §3: critical breaks with people seen using it';
const ONCE = 'each is said once, and never twice';

export const newsCases: readonly NewsCase[] = [
  { case: 'nothing in the logs', fact: 'design §1.2: not seen is not "nobody"', note: NOTHING, isNews: false },
  { case: 'people are seen using what breaks', fact: SEVERITY, note: USED, isNews: true },
  { case: 'the same, told before', fact: ONCE, told: USED, note: USED, isNews: false },
  { case: 'failures begin', fact: FIELD_23, told: USED, note: { ...USED, failures: 1 }, isNews: true },
  { case: 'some more failures', fact: ONCE, told: FAILING, note: { ...FAILING, failures: 119 }, isNews: false },
  {
    case: 'ten times as many',
    fact: 'field §3.21: how many, now',
    told: FAILING,
    note: { ...FAILING, failures: 120 },
    isNews: true,
  },
  {
    case: 'fewer than were told: a file was read in part',
    fact: ONCE,
    told: FAILING,
    note: { ...FAILING, failures: 4 },
    isNews: false,
  },
  {
    case: 'the watch ends without failures',
    fact: FIELD_23,
    told: NOTHING,
    note: { ...NOTHING, isQuiet: true },
    isNews: true,
  },
  {
    case: 'the same, told before',
    fact: ONCE,
    told: { ...NOTHING, isQuiet: true },
    note: { ...NOTHING, isQuiet: true },
    isNews: false,
  },
  {
    case: 'the logs could not be read, however often that was tried',
    fact: 'design §1.2: not knowing is said',
    told: USED,
    note: { ...USED, isGivenUp: true },
    isNews: true,
  },
];

/** When a finding that is over is told, where logs of use are read. */
export interface RecoveryCase {
  readonly case: string;
  readonly fact: string;
  /** Minutes from the reading that showed it as accepted again; none: no logs were read. */
  readonly lookedAt?: number;
  readonly now: number;
  readonly does: 'tell' | 'wait';
}

export const recoveryCases: readonly RecoveryCase[] = [
  { case: 'no logs are read', fact: 'recovery waits for nothing', now: 0, does: 'tell' },
  { case: 'the logs were not looked at since', fact: FIELD_26, lookedAt: -5, now: 0, does: 'wait' },
  { case: 'they were', fact: FIELD_26, lookedAt: 0.2, now: 0.3, does: 'tell' },
  {
    case: 'they were not, and a minute is over',
    fact: 'told within two minutes of the reading, whatever the logs do',
    lookedAt: -5,
    now: 1,
    does: 'tell',
  },
];
