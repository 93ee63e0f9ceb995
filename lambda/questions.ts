import * as z from 'zod/mini';
import { blastRadiusOf } from '#core/blast-radius.ts';
import type { Baseline } from '#core/baseline.ts';
import { PlumblineError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import { reportOn, type ActionItem } from '#core/report.ts';
import type { Scan } from '#core/scan.ts';
import type { Kind } from '#kinds/kind.ts';
import { baselineDocument, nothingAccepted } from './baseline-document.ts';
import { loadBaseline, type KnownShapes } from './baseline-store.ts';
import { findingIn } from './acts.ts';
import { changesDocument, recordsIn } from './changes-document.ts';
import { explanationDocument, subjectIn, type Subject } from './explain.ts';
import { findingImpact } from './finding-impact.ts';
import { madeOnce } from './made-once.ts';
import type { Documents, Ledger } from './ports.ts';
import { proposalsFor } from './proposals.ts';
import { loadScan } from './snapshot-store.ts';
import { LAST_SWEEP, type SweepEnd } from './sweep-plan.ts';
import { symptomDocument } from './symptom-document.ts';
import { symptomTimes, type SymptomQuestion, type SymptomTimes } from './symptom-question.ts';
import { recordsOf } from './finding-family.ts';
import { windowFromStore } from './watched-changes.ts';

const ACCOUNT_ID = /^\d{12}$/;

const json = madeOnce(() => z.custom<Json>((value) => value !== undefined));
const flag = madeOnce(() => z._default(z.boolean(), false));
/** Which accounts of a hub; `all`: those that it knows of. */
const accounts = madeOnce(() =>
  z.union([z.literal('all'), z.array(z.string().check(z.regex(ACCOUNT_ID))).check(z.minLength(1))]),
);

type Members = Readonly<Record<string, unknown>>;

/** Each of two members is a question of its own. */
const oneOf = (first: string, second: string) =>
  z.refine<Members>((question) => (question[first] === undefined) !== (question[second] === undefined), {
    path: [first],
    error: `or "${second}" must be there, and not both`,
  });

/** Members that mean nothing without another. */
const alone = (member: string, { beside }: { readonly beside: readonly string[] }) =>
  z.refine<Members>(
    (question) => question[member] !== undefined || beside.every((name) => question[name] === undefined),
    { path: [member], error: `must be there where "${beside.join('" or "')}" is` },
  );

/** The questions that are answered with a document. Names and members are those of the command line; `fresh`: read AWS now. */
export const documentQuestions = madeOnce(
  () =>
    [
      z.strictObject({ ask: z.literal('scan'), all: flag(), fresh: flag() }),
      z
        .strictObject({
          ask: z.literal('explain'),
          bucket: z.exactOptional(z.string()),
          symptom: z.exactOptional(z.string()),
          at: z.exactOptional(z.string()),
          since: z.exactOptional(z.string()),
          fresh: flag(),
        })
        .check(
          oneOf('bucket', 'symptom'),
          alone('symptom', { beside: ['at', 'since'] }),
          z.refine(({ symptom, fresh }) => symptom === undefined || !fresh, {
            path: ['fresh'],
            error: 'is no part of a symptom: what changed is told by what was noted',
          }),
        ),
      z.strictObject({ ask: z.literal('baseline'), names: z._default(z.array(z.string()), []) }),
      z.strictObject({
        ask: z.literal('changes'),
        since: z.exactOptional(z.string()),
        until: z.exactOptional(z.string()),
        resource: z.exactOptional(z.string()),
        actor: z.exactOptional(z.string()),
        account: z.exactOptional(z.string()),
        kind: z.exactOptional(z.string()),
      }),
      z
        .strictObject({
          ask: z.literal('blast-radius'),
          set: z.exactOptional(z.record(z.string(), json())),
          finding: z.exactOptional(z.string()),
          fresh: flag(),
          accounts: z.exactOptional(accounts()),
        })
        .check(
          oneOf('set', 'finding'),
          z.refine(({ finding, fresh }) => finding === undefined || !fresh, {
            path: ['fresh'],
            error: 'is no part of a finding: what changed is told by what was noted',
          }),
          z.refine(({ finding, accounts: asked }) => finding === undefined || asked === undefined, {
            path: ['accounts'],
            error: 'are no part of a finding, which is of one account',
          }),
        ),
    ] as const,
);

const documentQuestion = madeOnce(() => z.discriminatedUnion('ask', documentQuestions()));

export type DocumentQuestion = z.infer<ReturnType<typeof documentQuestion>>;

/** A question that may be asked over several accounts. */
export type AccountsQuestion = Extract<DocumentQuestion, { readonly ask: 'blast-radius' }>;

export interface QuestionPorts {
  readonly account: string;
  readonly documents: Documents;
  readonly ledger: Ledger;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly shapes: KnownShapes;
  readonly ownerTags: readonly string[];
  readonly actionItems: readonly ActionItem[];
  readonly now: () => Date;
  /** Where the team is, as Intl names it. */
  readonly timeZone: string;
  readonly partition: string;
  /** Looks at AWS; whoever has no right to is not asked for anything fresh. */
  readonly look?: Looking;
}

export interface Looking {
  /** At everything, compared with what is accepted; kept, so that it can be accepted by its id. */
  readonly atAll: (baseline: Baseline | undefined) => Promise<Scan>;
  /** At one bucket. */
  readonly atBucket: (name: string) => Promise<Subject>;
}

/** Must AWS be read for it? */
export function isFresh(question: DocumentQuestion): boolean {
  return 'fresh' in question && question.fresh;
}

/**
 * The document that answers a question: what the command line prints with `--json`. One that comes from a snapshot says with
 * `ageSeconds` how long ago that was read. Throws PlumblineError.
 */
export async function documentFor(question: DocumentQuestion, ports: QuestionPorts): Promise<object> {
  switch (question.ask) {
    case 'baseline':
      return baselineDocument(await acceptedOrThrow(ports), question.names);
    case 'changes': {
      const { ask: _ask, ...asked } = question;
      return changesDocument(asked, ports);
    }
    case 'scan': {
      const { scan, baseline, age } = await seenFor(question, ports);
      const { kinds, actionItems, ownerTags } = ports;
      return { ...reportOn({ scan, baseline, kinds, actionItems, ownerTags, withStates: question.all }), ...age };
    }
    case 'explain': {
      const { kinds, look } = ports;
      const { bucket = '', symptom, fresh } = question;
      if (symptom !== undefined) return symptomFor({ ...question, symptom }, ports);
      if (fresh && look !== undefined)
        return explanationDocument(await look.atBucket(bucket), await acceptedIn(ports), kinds);
      const { scan, baseline, age } = await seenFor(question, ports);
      return { ...explanationDocument(subjectIn(scan, bucket, kinds), baseline, kinds), ...age };
    }
    case 'blast-radius': {
      if (question.finding !== undefined) return impactFor(question.finding, ports);
      const { scan, baseline, age } = await seenFor(question, ports);
      const { kinds, ownerTags } = ports;
      const proposals = proposalsFor(Object.entries(question.set ?? {}), { scan, kinds });
      return { ...blastRadiusOf({ scan, proposals, baseline, kinds, ownerTags }), ...age };
    }
  }
}

/** Which change explains a failure; no logs of use are looked at. */
async function symptomFor(question: SymptomQuestion, ports: QuestionPorts): Promise<object> {
  const { account, kinds, partition } = ports;
  const { at, from, to } = timesOf(question, ports);
  const window = await windowFromStore({ account, from, to }, ports);
  return symptomDocument({ window, text: question.symptom, at, kinds, partition });
}

function timesOf(question: Pick<SymptomQuestion, 'at' | 'since'>, { now, timeZone }: QuestionPorts): SymptomTimes {
  return symptomTimes(question, { now: now(), timeZone, nameOf: (member) => member });
}

/** What a finding has broken; no logs of use are looked at. */
async function impactFor(id: string, ports: QuestionPorts): Promise<object> {
  const finding = await findingIn(id, ports);
  return findingImpact({ finding, records: await recordsOf(finding, ports), applications: [] }, ports);
}

async function acceptedIn({ documents, account, shapes }: QuestionPorts): Promise<Baseline | undefined> {
  return (await loadBaseline(documents, account, shapes))?.baseline;
}

async function acceptedOrThrow(ports: QuestionPorts): Promise<Baseline> {
  const baseline = await acceptedIn(ports);
  if (baseline === undefined) throw nothingAccepted(ports.account, { place: ports.documents.place, more: '' });
  return baseline;
}

interface Seen {
  readonly scan: Scan;
  readonly baseline: Baseline | undefined;
  readonly age: { readonly ageSeconds?: number };
}

/** What is there, as the last sweep saw it or as it is now, and what is accepted. Throws NOTHING_TO_ACCEPT before the first sweep. */
export async function seenFor(question: DocumentQuestion, ports: QuestionPorts): Promise<Seen> {
  const baseline = await acceptedIn(ports);
  if (isFresh(question) && ports.look !== undefined)
    return { scan: await ports.look.atAll(baseline), baseline, age: {} };
  const scan = await lastSweep(ports);
  return { scan, baseline, age: ageOf(scan, ports) };
}

/** How long ago a snapshot was read. */
export function ageOf({ finishedAt }: Scan, { now }: Pick<QuestionPorts, 'now'>): { readonly ageSeconds: number } {
  return { ageSeconds: Math.max(0, Math.round((now().getTime() - Date.parse(finishedAt)) / 1000)) };
}

/** The snapshot of the last sweep that ended: what was missing in it stands in it. Throws NOTHING_TO_ACCEPT before the first. */
async function lastSweep({ ledger, documents, account }: QuestionPorts): Promise<Scan> {
  const last = await ledger.read(LAST_SWEEP);
  if (last === undefined)
    throw new PlumblineError(
      'NOTHING_TO_ACCEPT',
      `the first sweep of account ${account} has not ended yet: ask again in a few minutes, or with "fresh": true`,
    );
  return (await loadScan(documents, account, (last.body as unknown as SweepEnd).sweep)).scan;
}

/** More resources than this are read, compared and written as text by the worker, which has three times the time. */
const MOST_RESOURCES_AT_ONCE = 20_000;
/** A record is a read of some 20 ms, 32 at once. */
const MOST_RECORDS_AT_ONCE = 5_000;

/** Does answering it take longer than whoever asks should wait? Throws ARGUMENT_INVALID. */
export async function takesLong(question: DocumentQuestion, ports: QuestionPorts): Promise<boolean> {
  if (isFresh(question)) return true;
  if (question.ask === 'explain' && question.symptom !== undefined) {
    const { from, to } = timesOf(question, ports);
    if ((await recordsIn({ since: from, until: to }, ports)) > MOST_RECORDS_AT_ONCE) return true;
  }
  if (question.ask !== 'changes') return (await resourcesIn(ports)) > MOST_RESOURCES_AT_ONCE;
  const { ask: _ask, ...asked } = question;
  return (await recordsIn(asked, ports)) > MOST_RECORDS_AT_ONCE;
}

/** How many resources the last sweep read. */
async function resourcesIn({ ledger }: Pick<QuestionPorts, 'ledger'>): Promise<number> {
  return ((await ledger.read(LAST_SWEEP))?.body as unknown as SweepEnd | undefined)?.resources ?? 0;
}

/** A question that was kept, as it was asked. Throws INPUT_INVALID for what is none. */
export function questionIn(value: unknown): DocumentQuestion {
  const parsed = documentQuestion().safeParse(value);
  if (parsed.success) return parsed.data;
  throw new PlumblineError('INPUT_INVALID', 'what was kept is no question: ask again');
}
