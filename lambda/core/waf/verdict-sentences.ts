import type { Breakage, Exposure } from '../change.ts';
import { isJsonObject } from '../json.ts';
import type { Flip } from '../s3/access-change.ts';
import type { BriefOutcome } from '../s3/outcome.ts';
import { cidrsOf, type Range } from './ranges.ts';
import { decideByLabels } from './rule.ts';
import type { Step } from './step.ts';
import type { Blocker, DefaultAction, Verdict, VerdictChange } from './verdict.ts';

/** Ranges that came into an IP set, or went, of which a web ACL makes the same. */
export interface Moved {
  readonly ranges: readonly Range[];
  readonly way: 'added' | 'removed';
}

/** What a change does to whoever is in those ranges: on both axes, in a sentence, and as flips. */
export interface Outcome {
  readonly exposure: Exposure;
  readonly breakage: Breakage;
  readonly says: string;
  readonly flips: readonly Flip[];
}

/** A web ACL, for a sentence. */
export interface Place {
  readonly name: string;
  /** What is behind it, in words; none that is known of: undefined. */
  readonly behind: string | undefined;
}

const MOST_RANGES = 3;

/** Networks by name that are covered by what moved; whoever is there is known to be. */
export function outcomeOf(
  change: VerdictChange,
  moved: Moved,
  { place, networks }: { readonly place: Place; readonly networks: readonly string[] },
): Outcome {
  const { before, after, added, removed } = change;
  const of = pronounsOf(moved.ranges);
  const { axes, says } = meaningOf(change, of);
  const isSeen = axes.breakage === 'breaks' && networks.length > 0;
  const covers = axes.breakage === 'breaks' || axes.breakage === 'may-break' ? coveredText(networks) : '';
  const behind = place.behind === undefined ? '' : ` (${place.behind})`;
  const which = `${of.which} ${of.were} ${moved.way === 'added' ? 'added' : 'taken out'}`;
  const title = `Request from ${moved.way === 'added' ? 'an added' : 'a removed'} address through web ACL ${place.name}`;
  const isHere = isSeen ? 'yes' : 'unknown';
  const flip = (where: string, sides: Pick<Flip, 'before' | 'after'>): Flip => ({
    row: `F1 ${place.name}${where}`,
    title: `${title}${where}`,
    ...sides,
    isHere,
  });
  const flips = isRefusal(before, after)
    ? [flip('', { before: ALLOWED, after: refusalBy(after.decided, change.defaultAction) })]
    : isRefusal(after, before)
      ? [flip('', { before: refusalBy(before.decided, change.defaultAction), after: ALLOWED })]
      : [
          ...added.map((one) =>
            flip(whereOf(one), { before: ALLOWED, after: refusalBy(one.step, change.defaultAction) }),
          ),
          ...removed.map((one) =>
            flip(whereOf(one), { before: refusalBy(one.step, change.defaultAction), after: ALLOWED }),
          ),
        ];
  return {
    exposure: axes.exposure,
    breakage: axes.breakage === 'breaks' && networks.length === 0 ? 'may-break' : axes.breakage,
    says: `Web ACL ${place.name}${behind}, for ${rangesText(moved.ranges)}, ${which}: ${says}${axes === NONE ? '' : markedText(change, of)}.${covers}`,
    flips,
  };
}

/** Sure refusal on the second side that there was not on the first. */
function isRefusal(from: Verdict, to: Verdict): boolean {
  return to.fate === 'refused' && from.fate !== 'refused';
}

interface Said {
  /** `breaks` where somebody is there. */
  readonly axes: { readonly exposure: Exposure; readonly breakage: Breakage };
  readonly says: string;
}

function meaningOf(change: VerdictChange, of: Pronouns): Said {
  const { before, after, added, removed } = change;
  if (isRefusal(before, after)) {
    const was = before.fate === 'passes' ? `; ${nameOf(before.decided)} let ${of.it} through before` : '';
    return {
      axes: { exposure: 'narrowed', breakage: 'breaks' },
      says: `${nameOf(after.decided)} refuses ${of.it} from now on${was}`,
    };
  }
  if (isRefusal(after, before)) {
    const now =
      after.fate === 'passes'
        ? `${nameOf(after.decided)} lets ${of.it} through`
        : `who gets through depends on ${namesOf([...after.blockers.values()])}`;
    return {
      axes: { exposure: 'widened', breakage: 'restores' },
      says: `${nameOf(before.decided)} refuses ${of.it} no more; ${now}`,
    };
  }
  if (before.fate === 'refused' || added.length + removed.length === 0)
    return { axes: NONE, says: sameText(change, of) };
  const exposure = removed.length > 0 ? 'widened' : 'narrowed';
  return {
    axes: { exposure, breakage: added.length > 0 ? 'may-break' : 'none' },
    says: [...removedTexts(change, of), ...added.map((one) => clauseOf(one, 'from now on', of))].join('; '),
  };
}

const NONE = { exposure: 'same', breakage: 'none' } as const;

function removedTexts({ after, removed, moved }: VerdictChange, of: Pronouns): readonly string[] {
  const { decided } = after;
  if (removed.length === 0) return [];
  const isSpared =
    decided !== 'default' && decided.force === 'allows' && moved.some(({ step }) => step.key === decided.key);
  if (!isSpared) return removed.map((one) => clauseOf(one, 'no more', of));
  const looks = removed.length === 1 ? 'looks' : 'look';
  return [`${decided.text} lets ${of.it} through, so ${namesOf(removed)} ${looks} at ${of.it} no more`];
}

/** Who only counts decides by the labels that it sets, where another rule asks for them. */
function markedText({ moved }: VerdictChange, { it }: Pronouns): string {
  if (!decideByLabels(moved.map(({ step }) => step))) return '';
  const marking = moved.filter(({ step }) => step.force === 'counts' && step.source.labels?.length !== 0);
  return marking.map(({ step, after }) => `; ${step.text} marks ${it}${after === 'no' ? ' no more' : ''}`).join('');
}

/** Nothing comes of it, and why. */
function sameText({ before, after, moved }: VerdictChange, of: Pronouns): string {
  const { decided } = after;
  const counting = moved.filter(({ step }) => step.force === 'counts');
  const counts = counting.map(({ step, after: match }) =>
    match === 'no' ? `; ${step.text} counts ${of.it} no more` : `; ${step.text} only counts ${of.it}`,
  );
  const what =
    after.fate === 'refused'
      ? `${of.it_is} refused as before`
      : after.fate === 'passes'
        ? `${of.it_is} let through as before`
        : 'nothing changes in who gets through';
  const isSame = decided !== 'default' && before.decided !== 'default' && decided.key === before.decided.key;
  const after_it = moved.filter(
    ({ step }) => step.force !== 'counts' && decided !== 'default' && step.key !== decided.key,
  );
  const by = isSame && after.fate !== 'depends' ? `, by ${decided.text}` : '';
  const stands =
    by !== '' && after_it.length > 0
      ? `, which stands before ${after_it.map(({ step }) => step.text).join(' and ')}`
      : '';
  return `${what}${by}${stands}${counts.join('')}`;
}

function clauseOf({ step, match }: Blocker, when: string, { it }: Pronouns): string {
  if (step === 'default') return `${nameOf(step)} refuses ${it} ${when}`;
  const rest =
    step.rate !== undefined ? ` beyond ${step.rate}` : match === 'yes' ? '' : ' where the rest of the rule is met';
  switch (step.force) {
    case 'blocks':
      return `${step.text} refuses ${it} ${when}${rest}`;
    case 'hinders':
      return `${step.text} holds ${it} up with a ${step.action} ${when}${rest}`;
    case 'perhaps':
      return `the rules of the group of ${step.text} may refuse ${it} ${when}`;
    default:
      return `${step.text} does "${step.action}" to ${it} ${when}, which Plumbline does not know`;
  }
}

function nameOf(step: Step | 'default'): string {
  return step === 'default' ? 'the default action' : step.text;
}

function namesOf(blockers: readonly Blocker[]): string {
  return blockers.map(({ step }) => nameOf(step)).join(' and ');
}

const ALLOWED: BriefOutcome = { outcome: 'allowed' };

function whereOf({ step }: Blocker): string {
  if (step === 'default') return '';
  return step.force === 'hinders' ? ', where it shows no proof' : `, where rule ${step.name} refuses`;
}

/** What a caller meets who is refused. WAF answers 403 unless told otherwise, a captcha comes with 405 and a challenge with 202. */
function refusalBy(step: Step | 'default', defaultAction: DefaultAction): BriefOutcome {
  const { action, handling } = step === 'default' ? defaultAction : step;
  if (action === 'captcha') return { outcome: 'denied', http: 405, code: 'Captcha' };
  if (action === 'challenge') return { outcome: 'denied', http: 202, code: 'Challenge' };
  const custom = isJsonObject(handling) ? handling['CustomResponse'] : undefined;
  const code = isJsonObject(custom) ? custom['ResponseCode'] : undefined;
  return typeof code === 'number'
    ? { outcome: 'denied', http: code, code: 'Custom' }
    : { outcome: 'denied', http: 403, code: 'Forbidden' };
}

interface Pronouns {
  readonly it: string;
  readonly it_is: string;
  readonly which: string;
  readonly were: string;
}

function pronounsOf(ranges: readonly Range[]): Pronouns {
  return cidrsOf(ranges).length === 1
    ? { it: 'it', it_is: 'it is', which: 'which', were: 'was' }
    : { it: 'them', it_is: 'they are', which: 'which', were: 'were' };
}

/** A few ranges by their names, and how many more. */
export function rangesText(ranges: readonly Range[]): string {
  return listText(cidrsOf(ranges));
}

export function listText(texts: readonly string[]): string {
  const more = texts.length - MOST_RANGES;
  return more > 0 ? `${texts.slice(0, MOST_RANGES).join(', ')} and ${more} more` : texts.join(', ');
}

function coveredText(networks: readonly string[]): string {
  return networks.length === 0 ? '' : ` That covers addresses of ${networks.join(' and ')}.`;
}
