import type { CallEvidence, CallWord } from './reconciliation.ts';

/** A call and what one resource showed of it. */
export interface CallOn extends CallEvidence {
  /** The resource, printed. */
  readonly key: string;
  readonly call: CallWord;
  readonly at: string;
}

/** Why a call changed nothing. */
export interface NoEffect {
  readonly because: 'same-value' | 'took-back' | 'taken-back' | 'overwritten' | 'not-told' | 'gone';
  readonly says: string;
  /** The other call, where there is one. */
  readonly by?: CallWord;
}

interface Beside {
  /** Every call on the same resource, the oldest first. */
  readonly all: readonly CallOn[];
  /** The events that made something what it was read to be. */
  readonly causes: ReadonlySet<string | undefined>;
}

/** Why nothing is otherwise for a call, from what was read after it and from the calls beside it. Pure. */
export function whyWithoutEffect(own: CallOn, { all, causes }: Beside): NoEffect {
  const beside = all.filter((one) => isBeside(one, own));
  switch (own.shows) {
    case 'yes': {
      const before = beside.findLast(({ at }) => at <= own.at);
      return before !== undefined &&
        before.shows === 'no' &&
        nextTo(before, all)?.call.eventId === own.call.eventId &&
        !isIn(before, causes)
        ? {
            because: 'took-back',
            says: `it set again what was there before ${textOf(before)}`,
            by: before.call,
          }
        : { because: 'same-value', says: 'what it set was there already' };
    }
    case 'no': {
      const next = nextTo(own, all);
      if (next === undefined)
        return {
          because: 'gone',
          says: 'what it set was not there when it was read, and no call is known that took it back',
        };
      const isBack = next.shows === 'yes' && !isIn(next, causes) && next.notCompared === undefined;
      return isBack
        ? {
            because: 'taken-back',
            says: `what it set was taken back, before it was read, by ${textOf(next)}`,
            by: next.call,
          }
        : {
            because: 'overwritten',
            says: `what it set was written over, before it was read, by ${textOf(next)}`,
            by: next.call,
          };
    }
    case 'not-told':
    case 'unread':
      return {
        because: 'not-told',
        says: 'what it set, the event does not tell; nothing was otherwise when it was read',
      };
  }
}

/** The next call on the same setting, made before the reading that did not show this one. */
function nextTo(own: CallOn, all: readonly CallOn[]): CallOn | undefined {
  const at = all.findIndex((one) => one.call.eventId === own.call.eventId && one.key === own.key);
  return all.slice(at + 1).find((one) => isBeside(one, own) && (own.readAt === undefined || one.at <= own.readAt));
}

function isBeside(one: CallOn, own: CallOn): boolean {
  return (
    one.call.eventId !== own.call.eventId &&
    (one.moves === undefined || own.moves === undefined || one.moves === own.moves)
  );
}

function isIn({ call }: CallOn, causes: Beside['causes']): boolean {
  return causes.has(call.eventId);
}

function textOf({ call, at }: CallOn): string {
  return `${call.call ?? 'a call'} at ${at.slice(0, 19).replace('T', ' ')} UTC (${call.who ?? 'nobody knows who'})`;
}
