import type { Alert, AlertMember } from '#core/alert.ts';
import type { Consequence } from '#core/consequences.ts';
import { printRef } from '#core/reference.ts';
import { subjectOf } from './alert-words.ts';

/** Three protocols carry it beside the mail, and all of it together may have 256 KB (aws-facts §8). */
const LONGEST_BYTES = 48 * 1024;
const MOST_NAMED = 25;

/** What machines read of an alert. Cut where it is too long, which `cut` says; `whole` is where the rest is. */
export function alertJson(alert: Alert, { whole }: { readonly whole: string }): string {
  const full = JSON.stringify({ ...documentOf(alert), cut: false, whole });
  if (Buffer.byteLength(full) <= LONGEST_BYTES) return full;
  return JSON.stringify({ ...documentOf(shortened(alert)), cut: true, whole });
}

/** The whole document, as it is kept. */
export function documentOf(alert: Alert): object {
  const { members, ...rest } = alert;
  return { type: 'plumbline.alert', ...rest, subject: subjectOf(alert), resources: members.map(resourceOf) };
}

function resourceOf({ record, title: _same, ...rest }: AlertMember): object {
  const { drift, status, openedAt, closedAt, blind } = record;
  const { ref, changes, holds, takenAt, causes } = drift;
  return {
    resource: printRef(ref),
    ...ref,
    status,
    since: openedAt,
    takenAt,
    ...(closedAt === undefined ? {} : { recoveredAt: closedAt }),
    changes,
    ...(holds === undefined ? {} : { holds }),
    causes,
    ...(blind === undefined ? {} : { blind }),
    ...rest,
  };
}

/** Without values and beyond the first names: who needs them fetches the whole. */
function shortened(alert: Alert): Alert {
  const members = alert.members.slice(0, MOST_NAMED).map((member): AlertMember => {
    const { record } = member;
    const changes = record.drift.changes.map(({ flips: _flips, written: _written, ...change }) => ({
      ...change,
      before: withoutValue(change.before),
      after: withoutValue(change.after),
    }));
    const { holds: _holds, ...drift } = record.drift;
    return { ...member, wayBack: { commands: [] }, record: { ...record, drift: { ...drift, changes } } };
  });
  return {
    ...alert,
    members,
    consequences: alert.consequences.map(shortenedConsequence),
    owners: alert.owners.map(({ owner, resources }) => ({ owner, resources: resources.slice(0, MOST_NAMED) })),
    opensIfTakenBack: alert.opensIfTakenBack.slice(0, MOST_NAMED),
    causes: alert.causes.slice(0, MOST_NAMED),
  };
}

type Reading = AlertMember['record']['drift']['changes'][number]['before'];

function withoutValue(reading: Reading): Reading {
  return reading.status === 'present' ? { status: 'present', value: '(cut)' } : reading;
}

function shortenedConsequence(consequence: Consequence): Consequence {
  return {
    ...consequence,
    affected: consequence.affected
      .slice(0, MOST_NAMED)
      .map((group) => ({ ...group, flips: [], resources: group.resources.slice(0, MOST_NAMED) })),
    unknown: consequence.unknown.slice(0, MOST_NAMED),
    opensIfTakenBack: consequence.opensIfTakenBack.slice(0, MOST_NAMED),
  };
}
