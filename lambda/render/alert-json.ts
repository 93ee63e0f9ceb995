import type { Alert, AlertMember } from '#core/alert.ts';
import { urgencyOf, type AlertEvidence } from '#core/alert-evidence.ts';
import type { Consequence } from '#core/consequences.ts';
import { printRef } from '#core/reference.ts';
import { subjectOf } from './alert-words.ts';
import { urgencyLine } from './evidence-lines.ts';

/**
 * Three protocols carry it beside the mail, each as a text within JSON, and all of it together may have 256 KB (aws-facts §8): so this is
 * its length once it is escaped.
 */
const LONGEST_BYTES = 56 * 1024;

/** How many of each list are named, the longest first that fits; none at last, since where the whole is always fits. */
const NAMED = [25, 5, 0] as const;

/** What machines read of an alert. Cut where it is too long, which `cut` says; `whole` is where the rest is. */
export function alertJson(alert: Alert, { whole }: { readonly whole: string }): string {
  const full = JSON.stringify({ ...documentOf(alert), cut: false, whole });
  if (isShort(full)) return full;
  const cut = NAMED.map((most) => JSON.stringify({ ...documentOf(shortened(alert, most)), cut: true, whole }));
  return cut.find(isShort) ?? JSON.stringify({ type: 'plumbline.alert', finding: alert.finding, cut: true, whole });
}

function isShort(json: string): boolean {
  return Buffer.byteLength(JSON.stringify(json)) <= LONGEST_BYTES;
}

/** The whole document, as it is kept. */
export function documentOf(alert: Alert): object {
  const { members, ...rest } = alert;
  return {
    type: 'plumbline.alert',
    ...rest,
    // Where nobody can be refused anything, there is nothing to ask.
    ...(urgencyLine(alert) === undefined ? {} : { urgency: urgencyOf(alert.evidence, alert.at) }),
    subject: subjectOf(alert),
    resources: members.map(resourceOf),
  };
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
function shortened(alert: Alert, most: number): Alert {
  const members = alert.members.slice(0, most).map((member): AlertMember => {
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
    consequences: alert.consequences.map((one) => shortenedConsequence(one, most)),
    owners: alert.owners
      .slice(0, most * 2)
      .map(({ owner, resources }) => ({ owner, resources: resources.slice(0, most) })),
    opensIfTakenBack: alert.opensIfTakenBack.slice(0, most),
    causes: alert.causes.slice(0, most),
    ...(alert.evidence === undefined ? {} : { evidence: shortenedEvidence(alert.evidence, most) }),
  };
}

/** The counts stay whole: how many fail is the first thing that whoever is woken asks. */
function shortenedEvidence({ verdicts, impact, summary, ...rest }: AlertEvidence, most: number): AlertEvidence {
  return {
    ...rest,
    summary: summary.looked ? { ...summary, problems: summary.problems.slice(0, most) } : summary,
    verdicts: verdicts
      .slice(0, most)
      .map((one) => ({ ...one, refs: one.refs.slice(0, most), uses: one.uses.slice(0, most) })),
    impact: {
      ...impact,
      failures: impact.failures.slice(0, most),
      others: impact.others.slice(0, most),
      ...(impact.metrics === undefined ? {} : { metrics: impact.metrics.slice(0, most) }),
    },
  };
}

type Reading = AlertMember['record']['drift']['changes'][number]['before'];

function withoutValue(reading: Reading): Reading {
  return reading.status === 'present' ? { status: 'present', value: '(cut)' } : reading;
}

function shortenedConsequence(consequence: Consequence, most: number): Consequence {
  return {
    ...consequence,
    affected: consequence.affected
      .slice(0, most)
      .map((group) => ({ ...group, flips: [], resources: group.resources.slice(0, most) })),
    unknown: consequence.unknown.slice(0, most),
    opensIfTakenBack: consequence.opensIfTakenBack.slice(0, most),
  };
}
