import type { Alert } from '#core/alert.ts';
import type { Cause } from '#core/change.ts';
import type { ContractWord } from '#core/contract.ts';
import { printRef } from '#core/reference.ts';
import type { OtherCall } from '#core/same-actor.ts';
import { effectWord, timeIn } from './alert-words.ts';
import { printable } from './printable.ts';
import { capped } from './wrapping.ts';

interface Clock {
  /** The team's own clock, an IANA name such as America/New_York. */
  readonly timeZone: string;
}

const MOST_CAUSES = 5;
const MOST_OTHERS = 12;
const MOST_SAID = 3;

/** Who did it, as sure as it is, and with what. Lines of a mail. */
export function whoLines({ causes, members }: Alert, { timeZone }: Clock): readonly string[] {
  if (causes.length === 0 && members.some(({ record }) => record.drift.over !== undefined))
    return [
      'Not known here: it was set above this account, and CloudTrail has who did it in the account that manages it.',
    ];
  if (causes.length === 0)
    return ['Not known: no event of CloudTrail explains it. It may come late, or a level above this account moved.'];
  const alike = new Map<string, Cause[]>();
  for (const cause of causes) {
    const { who, call, userAgent, how, certainty, reasons, contract, chain } = cause;
    const key = JSON.stringify([who, call, userAgent, how, certainty, reasons, contract, chain]);
    alike.set(key, [...(alike.get(key) ?? []), cause]);
  }
  return capped(
    [...alike.values()].flatMap((group) => causeLines(group, timeZone)),
    MOST_CAUSES * 2,
  );
}

/** One actor's calls of one name, in one line. */
function causeLines(group: readonly Cause[], timeZone: string): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  if (first.eventId === undefined) return notKnownLines(first);
  const { who: name, call, certainty, reasons } = first;
  const times = group.flatMap(({ at }) => at ?? []).sort();
  const [from = '', to = ''] = [times[0], times.at(-1)];
  const when =
    from === to ? `at ${timeIn(from, timeZone)}` : `from ${timeIn(from, timeZone)} to ${timeIn(to, timeZone)}`;
  const calls = `${group.length > 1 ? `${group.length} x ` : ''}${printable(call ?? 'a call')}`;
  return [
    `${printable(name ?? 'somebody')}, by ${calls}${times.length === 0 ? '' : ` ${when}`}`,
    `  that this call made it so is ${certainty}: ${reasons.map(printable).join('; ')}`,
    ...meansLines(first),
    ...(first.chain === undefined ? [] : [`  ${printable(first.chain)}`]),
    ...(first.contract === undefined ? [] : [`  ${contractText(first.contract)}`]),
  ];
}

/** Nobody is known: what was looked through in vain, a line each. */
function notKnownLines({ certainty, reasons: [first = '', ...others] }: Cause): readonly string[] {
  const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
  return [
    `Not known${certainty === 'pending' ? ' yet' : ''}: ${printable(first)}.`,
    ...others.map((reason) => `  ${sentence(printable(reason))}`),
  ];
}

interface Means {
  readonly how?: Cause['how'] | undefined;
  readonly userAgent?: string | undefined;
}

/** With what: what AWS itself recorded; else what the client says of itself, with its own words. */
export function meansLines({ how, userAgent }: Means): readonly string[] {
  if (how?.certainty === 'recorded') return [`  with ${printable(how.says)}, as AWS recorded it`];
  const claim = how === undefined ? 'client' : `with ${printable(how.says)}`;
  if (userAgent === undefined) return how === undefined ? [] : [`  ${claim}`];
  return [`  ${claim}, as it says of itself (it can be forged): ${printable(userAgent)}`];
}

/** What the tool's contract says of one call. */
function contractText({ tool, isBroken }: ContractWord): string {
  return isBroken
    ? `outside the contract of the tool "${printable(tool)}"`
    : `expected: within the contract of the tool "${printable(tool)}"`;
}

/** What else those who did it have done: a call a line, with what moved. */
export function otherLines({ others, at }: Alert, { timeZone }: Clock): readonly string[] {
  if (others === undefined) return [];
  const { calls, from, to, isCut } = others;
  const span = `from ${timeIn(from, timeZone)} to ${to > at ? 'now' : timeIn(to, timeZone)}`;
  const cut = isCut ? ['(only the newest of the change record was read: there may be more)'] : [];
  if (calls.length === 0) return [`Nothing else that is watched here, as far as is known, ${span}.`, ...cut];
  const lines = calls.slice(0, MOST_OTHERS).flatMap((call) => linesOfOther(call, timeZone));
  const more = calls.length - MOST_OTHERS;
  return [...lines, ...(more > 0 ? [`… and ${more} more calls: the whole alert has them`] : []), ...cut];
}

/** One other call of somebody who did something: what, where, what came of it. */
export function linesOfOther(call: OtherCall, timeZone: string): readonly string[] {
  const { at, call: name, ref, says } = call;
  const contract = call.contract === undefined ? '' : `; ${contractText(call.contract)}`;
  return [
    `${timeIn(at, timeZone)} ${printable(name)} of ${printable(printRef(ref))}: ${outcomeText(call)}${contract}`,
    ...capped(
      says.map((text) => `  ${printable(text)}`),
      MOST_SAID,
    ),
  ];
}

function outcomeText({ status, error, breakage, exposure }: OtherCall): string {
  switch (status) {
    case 'attempt':
      return `failed with ${printable(error ?? 'an error')}`;
    case 'as accepted':
      return 'it is as accepted, so it breaks nothing';
    case 'not known':
      return 'what it is now could not be read';
    default:
      return `${effectWord({ breakage, exposure })}${status === 'changed' ? '' : `, and is ${status} since`}`;
  }
}
