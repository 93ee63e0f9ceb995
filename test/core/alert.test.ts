import { expect, test } from 'vitest';
import { alertOf, type AlertMember } from '#core/alert.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { bucketRef } from '../builders.ts';

const AT = '2026-03-02T08:00:00.000Z';

function member(id: string, endedBy: NonNullable<DriftRecord['endedBy']>): AlertMember {
  const drift = { ref: bucketRef(id), baseline: 1, episode: 1, changes: [], takenAt: AT, causes: [] };
  const record: DriftRecord = {
    drift,
    generation: 1,
    status: 'closed',
    openedAt: AT,
    closedAt: AT,
    endedBy,
    foundBy: {},
  };
  return { record, title: 'bucket', console: '', wayBack: { commands: [] }, notMisledBy: [], remedies: [] };
}

test('a recovery tells of what was taken back, and not of what was accepted: nobody need have read that', () => {
  const alert = alertOf({
    finding: {
      id: 'f-1',
      account: '111122223333',
      groupedBy: 'session',
      status: 'open',
      openedAt: AT,
      members: [],
      joins: { events: [], sessions: [], sweeps: [] },
      severity: 'high',
      reminders: 0,
      against: 'accepted',
    },
    status: 'recovered',
    at: AT,
    members: [member('taken-back', 'recovery'), member('accepted-as-it-is', 'acceptance')],
    consequences: [],
    ownersBelow: {},
    actionItems: [],
  });
  expect(alert.members.map(({ record }) => record.drift.ref.id)).toEqual(['taken-back']);
});
