import { describe, expect, test } from 'vitest';
import type { DriftRecord } from '#core/drift-record.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import { PlumblineError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import { kinds } from '#kinds';
import { askForAcceptance, sayDigest, type DigestPorts } from '#lambda/digest.ts';
import { KnownStates } from '#lambda/known-states.ts';
import type { Documents, Publication } from '#lambda/ports.ts';
import { LAST_SWEEP, type SweepEnd } from '#lambda/sweep-plan.ts';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { ACCOUNT, bucketRef } from './builders.ts';
import { byEvent, changed, eventNamed, noted } from './noted.ts';

const shapes = new Map(kinds.map(({ declaration }) => [declaration.id, declaration.shape]));

/** A ledger, a clock, and what was published. */
async function office(at: string): Promise<{
  ports: DigestPorts;
  said: Publication[];
  ledger: DocumentsLedger;
  sets: (time: string) => void;
}> {
  const documents = new MemoryDocuments();
  const ledger = new DocumentsLedger(documents);
  let time = at;
  const now = (): Date => new Date(time);
  const said: Publication[] = [];
  const ports: DigestPorts = {
    account: ACCOUNT,
    documents,
    kinds,
    ledger,
    known: new KnownStates({ documents, ledger, account: ACCOUNT, shapes, now }),
    publisher: { publish: async (publication) => void said.push(publication) },
    timeZone: 'America/New_York',
    digestAt: '08:00',
    store: 's3://audit-bucket',
    now,
  };
  const sets = (next: string): void => void (time = next);
  // The service has been there since yesterday.
  sets('2026-03-01T12:00:00.000Z');
  await sayDigest(ports);
  sets(at);
  return { ports, said, ledger, sets };
}

const END: SweepEnd = {
  sweep: '20260302T110000000Z-sweep',
  startedAt: '2026-03-02T11:00:00.000Z',
  finishedAt: '2026-03-02T11:01:00.000Z',
  complete: true,
  missing: [],
  incompleteListings: 0,
  resources: 42,
  unreadable: 0,
};

const finding = (id: string, more: Partial<FindingRecord> = {}): FindingRecord => ({
  id,
  account: ACCOUNT,
  groupedBy: 'alone',
  status: 'open',
  openedAt: '2026-03-01T07:00:00.000Z',
  members: [`${ACCOUNT}/us-east-1/s3-bucket/${id}@1.1`],
  joins: { events: [], sessions: [], sweeps: [] },
  severity: 'high',
  reminders: 0,
  against: 'accepted',
  ...more,
});

const keep = (ledger: DocumentsLedger, family: string, { id, body }: { id: string; body: object }) =>
  ledger.write({ family, id, revision: 0, body: body as Json });

describe('the daily digest', () => {
  test('is said once a day, at its time where the team is', async () => {
    const { ports, said, sets } = await office('2026-03-02T12:59:00.000Z');
    const outcomes: boolean[] = [];
    for (const time of [
      '2026-03-02T12:59:00.000Z',
      '2026-03-02T13:00:00.000Z',
      '2026-03-02T13:01:00.000Z',
      '2026-03-03T04:30:00.000Z',
      '2026-03-03T13:05:00.000Z',
    ]) {
      sets(time);
      outcomes.push(await sayDigest(ports));
    }
    expect(outcomes).toEqual([false, true, false, false, true]);
    expect(said).toHaveLength(2);
  });

  test('on the day of the deployment none is said after its time', async () => {
    const { ports, said, ledger, sets } = await office('2026-03-02T15:00:00.000Z');
    const item = await ledger.read({ family: 'service', id: 'last-digest' });
    expect(item?.body).toEqual({ day: '' });
    const fresh = { ...ports, ledger: new DocumentsLedger(new MemoryDocuments()) };
    expect(await sayDigest(fresh)).toBe(false);
    sets('2026-03-03T13:00:00.000Z');
    expect(await sayDigest(fresh)).toBe(true);
    expect(said).toHaveLength(1);
  });

  test('a publication that fails is tried again', async () => {
    const { ports, said } = await office('2026-03-02T13:00:00.000Z');
    const broken: DigestPorts = { ...ports, publisher: { publish: () => Promise.reject(new Error('SNS is down')) } };
    await expect(sayDigest(broken)).rejects.toThrow('SNS is down');
    expect(await sayDigest(ports)).toBe(true);
    expect(said).toHaveLength(1);
  });

  test('nothing accepted, and no sweep yet', async () => {
    const { ports, said } = await office('2026-03-02T13:00:00.000Z');
    await sayDigest(ports);
    expect(`${said[0]?.subject}\n\n${said[0]?.text}`).toMatchInlineSnapshot(`
      "Plumbline digest: nothing accepted yet (111122223333)

      Account 111122223333, 2026-03-02 13:00:00 UTC (Mon 08:00 EST)

      NOT YET ACCEPTED
        Nobody accepted anything in this account yet: changes are told against what
          was first seen.
        plumbline scan --store s3://audit-bucket, then plumbline baseline accept
          --all --reason "first look" --store s3://audit-bucket

      THE LAST SWEEP
        There was none yet.
      "
    `);
  });

  test('open, muted, blind, new and private, and a sweep that was not whole', async () => {
    const { ports, said, ledger } = await office('2026-03-02T13:00:00.000Z');
    const act = {
      by: 'arn:aws:sts::111122223333:assumed-role/OnCall/bob',
      at: '2026-03-01T08:00:00.000Z',
      note: 'known',
    };
    const findings = [
      finding('f-open'),
      finding('f-acknowledged', { acknowledged: act }),
      finding('f-muted', { muted: { ...act, until: '2026-03-02T20:00:00.000Z', severity: 'high' } }),
      finding('f-quiet', { severity: 'info' }),
      finding('f-over', { status: 'recovered' }),
    ];
    for (const one of findings) await keep(ledger, 'finding', { id: one.id, body: one });
    const blind: DriftRecord = {
      drift: {
        ref: bucketRef('hidden'),
        baseline: 1,
        episode: 1,
        changes: [],
        takenAt: '2026-03-01T07:00:00.000Z',
        causes: [],
      },
      generation: 1,
      status: 'open',
      openedAt: '2026-03-01T07:00:00.000Z',
      foundBy: {},
      blind: { since: '2026-03-01T09:00:00.000Z', why: { policy: 'AccessDenied' } },
    };
    await keep(ledger, 'drift', { id: 'hidden', body: blind });
    await keep(ledger, LAST_SWEEP.family, {
      id: LAST_SWEEP.id,
      body: { ...END, complete: false, incompleteListings: 1, missing: ['s3-bucket-3'], unreadable: 2 },
    });
    await sayDigest(ports);
    expect(`${said[0]?.subject}\n\n${said[0]?.text}`).toMatchInlineSnapshot(`
      "Plumbline digest: 2 open, 1 muted, 1 blind, 1 new and private, nothing accepted yet (111122223333)

      Account 111122223333, 2026-03-02 13:00:00 UTC (Mon 08:00 EST)

      OPEN, AND NOT ACKNOWLEDGED
        f-open  high  111122223333/us-east-1/s3-bucket/f-open, since 2026-03-01
          07:00:00 UTC (Sun 02:00 EST)

      OPEN, AND ACKNOWLEDGED
        f-acknowledged  high  111122223333/us-east-1/s3-bucket/f-acknowledged, since
          2026-03-01 07:00:00 UTC (Sun 02:00 EST)

      MUTED
        f-muted  high  111122223333/us-east-1/s3-bucket/f-muted, since 2026-03-01
          07:00:00 UTC (Sun 02:00 EST), until 2026-03-02 20:00:00 UTC (Mon 15:00
          EST) by arn:aws:sts::111122223333:assumed-role/OnCall/bob

      CAN NO LONGER BE READ
        111122223333/us-east-1/s3-bucket/hidden

      NEW, AND OPEN TO NOBODY
        f-quiet  info  111122223333/us-east-1/s3-bucket/f-quiet, since 2026-03-01
          07:00:00 UTC (Sun 02:00 EST)

      NOT YET ACCEPTED
        Nobody accepted anything in this account yet: changes are told against what
          was first seen.
        plumbline scan --store s3://audit-bucket, then plumbline baseline accept
          --all --reason "first look" --store s3://audit-bucket

      THE LAST SWEEP
        NOT WHOLE, ended 2026-03-02 11:01:00 UTC (Mon 06:01 EST): 42 resources, of 2
          something could not be read.
        1 lists were cut short: "plumbline doctor" tells why.
        1 parts never came: see the dead-letter queue of the sweeps.
      "
    `);
    expect(said[0]?.attributes).toEqual({ type: 'digest', status: 'digest', severity: 'info', account: ACCOUNT });
  });
});

const UNREACHABLE = new PlumblineError('AWS_UNREACHABLE', 'could not list s3://audit-bucket (TimeoutError)');

describe('what the digest tells of yesterday', () => {
  // The team's yesterday: from 05:00 UTC on.
  const YESTERDAY = '2026-03-01T15:00:00.000Z';
  const quiet = async (): Promise<Awaited<ReturnType<typeof office>>> => {
    const all = await office('2026-03-02T13:00:00.000Z');
    await keep(all.ledger, LAST_SWEEP.family, { id: LAST_SWEEP.id, body: END });
    const known = { of: () => Promise.resolve({ against: 'accepted' }) } as unknown as DigestPorts['known'];
    return { ...all, ports: { ...all.ports, known } };
  };
  const textOf = async ({ ports, said }: Awaited<ReturnType<typeof office>>): Promise<string> => {
    await sayDigest(ports);
    return `${said[0]?.subject}\n\n${said[0]?.text}`;
  };

  test('a quiet day is one line', async () => {
    expect(await textOf(await quiet())).toMatchInlineSnapshot(`
      "Plumbline digest: all is as accepted (111122223333)

      All is as accepted in account 111122223333: 42 resources read at 2026-03-02 11:01:00 UTC (Mon 06:01 EST), none unreadable, nothing open, nothing muted.
      "
    `);
  });

  test('what was changed the day before, and this morning, is not yesterday’s', async () => {
    const all = await quiet();
    for (const time of ['2026-03-01T04:59:59.000Z', '2026-03-02T05:00:00.000Z'])
      await noted(all.ports.documents, time, { status: 'changed', changes: [changed('policy')] });
    expect(await textOf(all)).toContain('All is as accepted in account 111122223333: 42 resources');
  });

  test('everything explained, and taken back by now: all is as accepted, and that is said beside it', async () => {
    const all = await quiet();
    const put = eventNamed('PutBucketPolicy', 'e-1', { eventTime: '2026-03-01T15:00:00Z' });
    const deleted = eventNamed('DeleteBucketPolicy', 'e-2', { eventTime: '2026-03-01T15:10:00Z' });
    const { documents } = all.ports;
    await noted(
      documents,
      YESTERDAY,
      byEvent(put, { moves: 'policy', shows: 'yes' }, { changes: [changed('policy')] }),
    );
    await noted(
      documents,
      '2026-03-01T15:10:00.000Z',
      byEvent(deleted, { moves: 'policy', shows: 'yes' }, { status: 'recovered', moved: ['policy'] }),
    );
    expect(await textOf(all)).toMatchInlineSnapshot(`
      "Plumbline digest: all is as accepted (111122223333)

      All is as accepted in account 111122223333: 42 resources read at 2026-03-02 11:01:00 UTC (Mon 06:01 EST), none unreadable, nothing open, nothing muted.

      YESTERDAY
        2 changes, 2 explained by events
      "
    `);
  });

  test('one change that nothing explains, calls without effect, one of them a broken contract, and failed attempts', async () => {
    const all = await quiet();
    const { documents } = all.ports;
    const contract = { tool: 'hardening', isBroken: true, mayChange: ['waf-ip-set/partners'] };
    const search = {
      regions: ['eu-west-3', 'us-east-1'],
      gaps: [{ region: 'us-east-1', why: 'AccessDenied' }],
      above: [],
    };
    const at = (minute: string): string => `2026-03-01T15:${minute}:00Z`;
    await noted(documents, YESTERDAY, { status: 'changed', changes: [changed('policy'), changed('acl')] });
    await noted(documents, '2026-03-01T15:01:00.000Z', { status: 'searched', search });
    const acl = eventNamed('PutBucketAcl', 'e-1', { eventTime: at('00') });
    await noted(documents, YESTERDAY, byEvent(acl, { moves: 'acl', shows: 'yes' }, { moved: [] }));
    const same = eventNamed('PutBucketOwnershipControls', 'e-2', { eventTime: at('20') });
    await noted(documents, '2026-03-01T15:20:00.000Z', byEvent(same, { moves: 'ownership', shows: 'yes', contract }));
    const refused = eventNamed('PutBucketPolicy', 'e-3', { eventTime: at('30'), errorCode: 'AccessDenied' });
    await noted(documents, '2026-03-01T15:30:00.000Z', { status: 'attempt', event: refused });
    expect(await textOf(all)).toMatchInlineSnapshot(`
      "Plumbline digest: 1 unexplained yesterday, 1 contract broken without effect (111122223333)

      Account 111122223333, 2026-03-02 13:00:00 UTC (Mon 08:00 EST)

      YESTERDAY
        2 changes, 1 explained by events, 1 not; 1 call without effect; 1 failed
          attempt
        Not explained: 111122223333/us-east-1/s3-bucket/exports#policy, read
          2026-03-01 15:00:00 UTC (Sun 10:00 EST): policy set. Why nobody is known:
          the event history of us-east-1 could not be looked through (AccessDenied)
        Contract broken: hardening called PutBucketOwnershipControls on
          111122223333/us-east-1/s3-bucket/exports, 2026-03-01 15:20:00 UTC (Sun
          10:20 EST) (role platform, session ana@example.com); what it set was there
          already, but it may change waf-ip-set/partners

      THE LAST SWEEP
        Whole, ended 2026-03-02 11:01:00 UTC (Mon 06:01 EST): 42 resources, of 0
          something could not be read.
      "
    `);
  });

  test('a record that cannot be read hides no other', async () => {
    const all = await quiet();
    await all.ports.documents.create(
      `changes/account=${ACCOUNT}/dt=2026-03-01/20260301T150000000Z-0.json`,
      Buffer.from('{"format":1}'),
    );
    await noted(all.ports.documents, YESTERDAY, { status: 'changed', changes: [changed('policy')] });
    expect(await textOf(all)).toMatchInlineSnapshot(`
      "Plumbline digest: 1 unexplained yesterday, yesterday not wholly read (111122223333)

      Account 111122223333, 2026-03-02 13:00:00 UTC (Mon 08:00 EST)

      YESTERDAY
        1 change, 0 explained by events, 1 not
        Not read:
          changes/account=111122223333/dt=2026-03-01/20260301T150000000Z-0.json: it
          does not fit at at (Invalid input): it is left out
        Not explained: 111122223333/us-east-1/s3-bucket/exports#policy, read
          2026-03-01 15:00:00 UTC (Sun 10:00 EST): policy set. Why nobody is known:
          the event history of CloudTrail was not asked about it

      THE LAST SWEEP
        Whole, ended 2026-03-02 11:01:00 UTC (Mon 06:01 EST): 42 resources, of 0
          something could not be read.
      "
    `);
  });

  test('a store that cannot be listed keeps no digest from being said', async () => {
    const all = await quiet();
    const documents = { ...all.ports.documents, list: () => Promise.reject(UNREACHABLE) } as unknown as Documents;
    expect(await textOf({ ...all, ports: { ...all.ports, documents } })).toMatchInlineSnapshot(`
      "Plumbline digest: yesterday not known (111122223333)

      Account 111122223333, 2026-03-02 13:00:00 UTC (Mon 08:00 EST)

      YESTERDAY
        What changed yesterday could not be read: could not list s3://audit-bucket
          (TimeoutError)

      THE LAST SWEEP
        Whole, ended 2026-03-02 11:01:00 UTC (Mon 06:01 EST): 42 resources, of 0
          something could not be read.
      "
    `);
  });
});

test('one mail asks to accept what was first seen', async () => {
  const { ports, said } = await office('2026-03-02T13:00:00.000Z');
  const first = { scan: END.sweep, takenAt: END.finishedAt, resources: 42, shards: {}, covers: [], parts: [] };
  await askForAcceptance(first, ports);
  expect(`${said[0]?.subject}\n\n${said[0]?.text}`).toMatchInlineSnapshot(`
    "Plumbline: please accept what was first seen (111122223333)

    Plumbline has read account 111122223333 for the first time: 42 resources, kept
    as 20260302T110000000Z-sweep.

    From now on a change is told against what was first seen. Whether that was
    right, nobody has said yet: please look, and accept it.

      plumbline scan --store s3://audit-bucket
      plumbline baseline accept --all --reason "first look" --store s3://audit-bucket
    "
  `);
});
