import { describe, expect, test } from 'vitest';
import { AwsFailure } from '#aws/failure.ts';
import type { Cause, Change, Severity } from '#core/change.ts';
import type { DriftNews } from '#core/drift-record.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import type { OwnMessage } from '#core/look.ts';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { actOn } from '#lambda/acts.ts';
import type { KnownStates } from '#lambda/known-states.ts';
import { recordNews } from '#lambda/record.ts';
import { FINDING } from '#lambda/finding-family.ts';
import { tell } from '#lambda/tell.ts';
import type { TellPorts } from '#lambda/tell-ports.ts';
import { bucketRef } from './builders.ts';

const START = Date.UTC(2026, 2, 2, 8);

const change = (path: string): Change => ({
  path,
  before: { status: 'absent' },
  after: { status: 'present', value: true },
  exposure: 'widened',
  breakage: 'none',
  says: `${path} moved`,
  check: 'check',
});

const GONE = new TypeError('the topic is gone');

/** One ledger, one teller, and news as workers write it. */
class Desk {
  readonly told: string[] = [];
  readonly asked: OwnMessage[] = [];
  readonly documents = new MemoryDocuments();
  readonly ledger = new DocumentsLedger(this.documents);
  failing: false | Error = false;
  generation = 1;
  /** As the alert tells it, which knows what follows for others. */
  severity: Severity = 'high';
  /** How what is found is judged. */
  judged: Partial<Change> = {};
  causes: readonly Cause[] = [];
  #minute = 0;

  readonly now = (): Date => new Date(START + this.#minute * 60_000);

  pass(minutes: number): void {
    this.#minute += minutes;
  }

  ports(run = 'run-1'): TellPorts {
    const known = {
      generation: () => Promise.resolve(this.generation),
      of: () => Promise.resolve({ against: 'accepted' }),
    } as unknown as KnownStates;
    return {
      ledger: this.ledger,
      known,
      asking: { ask: async (messages) => void this.asked.push(...messages) },
      announce: ({ status, records }) => {
        if (this.failing !== false) return Promise.reject(this.failing);
        this.told.push(`${status} ${records.map(({ drift }) => drift.ref.id).join(' ')}`);
        return Promise.resolve(this.severity);
      },
      now: this.now,
      run,
    };
  }

  /** A minute later somebody looks, finds this, and the teller is woken. */
  async finds(id: string, paths: readonly string[], version = 1): Promise<void> {
    await this.writes(id, paths, version);
    await tell(this.ports());
  }

  async writes(id: string, paths: readonly string[], version = 1): Promise<void> {
    this.pass(1);
    this.generation = Math.max(this.generation, version);
    const news: DriftNews = {
      drift: {
        ref: bucketRef(id),
        baseline: version,
        changes: paths.map((path) => ({ ...change(path), ...this.judged })),
        takenAt: this.now().toISOString(),
        causes: this.causes,
      },
      generation: this.generation,
      unknown: {},
      foundBy: {},
    };
    await recordNews([news], { because: { again: 'test' } }, { ...this.ports(), documents: this.documents });
  }

  async findings(): Promise<readonly string[]> {
    const items = await this.ledger.list(FINDING);
    return items.map(({ body }) => (body as unknown as FindingRecord).status).sort();
  }
}

describe('an alert is never lost', () => {
  test('what is created a second time, after its going was accepted, is told again', async () => {
    const desk = new Desk();
    // Version 0: nothing of it is accepted. Then it is, then its going is, and nothing of it is accepted any more.
    await desk.finds('exports', ['exists'], 0);
    desk.generation = 2;
    await desk.finds('exports', [], 2);
    await desk.finds('exports', ['exists'], 2);
    desk.generation = 3;
    await desk.finds('exports', [], 0);
    await desk.finds('exports', ['exists'], 0);
    expect(desk.told).toEqual(['opened exports', 'opened exports', 'opened exports']);
    expect(await desk.findings()).toEqual(['accepted', 'accepted', 'open']);
  });

  test('an alert that could not be brought out is tried again by the next round', async () => {
    const desk = new Desk();
    desk.failing = GONE;
    await desk.writes('exports', ['policy']);
    expect(await tell(desk.ports())).toMatchObject({ told: [], failed: [{ why: 'the topic is gone' }] });
    desk.failing = false;
    desk.pass(1);
    await tell(desk.ports('run-2'));
    expect(desk.told).toEqual(['opened exports']);
  });

  test.each([
    {
      case: 'whether the mail of it went out nobody knows: what is so again is told',
      failing: GONE,
      told: ['opened exports', 'changed exports'],
    },
    {
      case: 'AWS refused its mail: nobody heard of it, and there is nothing to take back',
      failing: new AwsFailure('Throttling', 'throttled', { message: 'slow down' }),
      told: ['opened exports'],
    },
  ])('something else for a while, then as it was told before; $case', async ({ failing, told }) => {
    const desk = new Desk();
    await desk.finds('exports', ['policy']);
    desk.pass(3);
    desk.failing = failing;
    await desk.finds('exports', ['policy', 'acl']);
    desk.failing = false;
    await desk.writes('exports', ['policy']);
    desk.pass(3);
    await tell(desk.ports('run-2'));
    expect(desk.told).toEqual(told);
  });

  test('what may have been told, and is over, is told as that, however slight it was', async () => {
    const desk = new Desk();
    desk.judged = { exposure: 'same' };
    desk.severity = 'low';
    desk.failing = GONE;
    await desk.finds('exports', ['policy']);
    desk.failing = false;
    await desk.writes('exports', []);
    desk.pass(3);
    await tell(desk.ports('run-2'));
    expect(desk.told).toEqual(['recovered exports']);
  });

  test('while a run holds the lease, another leaves the finding to it', async () => {
    const desk = new Desk();
    desk.failing = GONE;
    await desk.finds('exports', ['policy']);
    desk.failing = false;
    await tell(desk.ports('run-2'));
    expect(desk.told).toEqual([]);
  });
});

describe('nothing is told twice', () => {
  test('two rounds at one time tell once', async () => {
    const desk = new Desk();
    await desk.finds('exports', ['policy']);
    await tell(desk.ports('run-2'));
    desk.pass(5);
    await tell(desk.ports('run-3'));
    expect(desk.told).toEqual(['opened exports']);
  });

  test('what was accepted since is compared anew before anybody is told', async () => {
    const desk = new Desk();
    await desk.writes('exports', ['policy']);
    desk.generation = 2;
    await tell(desk.ports());
    expect(desk.told).toEqual([]);
    expect(desk.asked).toEqual([
      {
        plumbline: 'look',
        look: { at: { refs: [bucketRef('exports')], hint: {} }, because: { again: 'accepted since' } },
      },
    ]);
  });

  test('nor is it told when an alert that could not be brought out is tried again', async () => {
    const desk = new Desk();
    desk.failing = GONE;
    await desk.finds('exports', ['policy']);
    desk.failing = false;
    desk.generation = 2;
    desk.pass(2);
    await tell(desk.ports('run-2'));
    expect(desk.told).toEqual([]);
    expect(desk.asked).toHaveLength(1);
    await desk.finds('exports', [], 2);
    desk.pass(2);
    await tell(desk.ports('run-3'));
    expect([desk.told, await desk.findings()]).toEqual([[], ['accepted']]);
  });

  test('what an alert told as grave is not told again when the record becomes as grave', async () => {
    const desk = new Desk();
    desk.severity = 'critical';
    await desk.finds('exports', ['policy']);
    desk.judged = { opensToWorld: true };
    await desk.finds('exports', ['policy']);
    desk.pass(61);
    await tell(desk.ports('run-2'));
    expect(desk.told).toEqual(['opened exports', 'still-open exports']);
  });
});

describe('a mute', () => {
  test('quiets also what the alert, which knows what follows for others, told as less grave than the record is', async () => {
    const desk = new Desk();
    desk.severity = 'low';
    await desk.finds('exports', ['policy']);
    const [item] = await desk.ledger.list(FINDING);
    const until = new Date(desk.now().getTime() + 8 * 60 * 60_000).toISOString();
    const act = { act: 'mute', until, by: 'ana', at: desk.now().toISOString(), note: 'known' } as const;
    await actOn(item?.id ?? '', act, desk);
    await tell(desk.ports());
    desk.pass(30);
    await tell(desk.ports('run-2'));
    expect(desk.told).toEqual(['opened exports']);
  });
});

describe('a finding ends', () => {
  test('when its resource departs from a newer accepted version, also where nobody is reminded any more', async () => {
    const desk = new Desk();
    await desk.finds('exports', ['policy']);
    const [item] = await desk.ledger.list(FINDING);
    await actOn(item?.id ?? '', { act: 'ack', by: 'ana', at: desk.now().toISOString(), note: 'known' }, desk);
    await tell(desk.ports());
    await desk.finds('exports', ['acl'], 2);
    expect(desk.told).toEqual(['opened exports', 'opened exports']);
    expect(await desk.findings()).toEqual(['open', 'superseded']);
  });

  test('with its recovery, told once', async () => {
    const desk = new Desk();
    await desk.finds('exports', ['policy']);
    await desk.finds('exports', []);
    desk.pass(60);
    await tell(desk.ports());
    expect(desk.told).toEqual(['opened exports', 'recovered exports']);
    expect(await desk.findings()).toEqual(['recovered']);
  });

  test('once, where it was grave and over before anybody was told', async () => {
    const desk = new Desk();
    await desk.writes('exports', ['policy']);
    await desk.writes('exports', []);
    await tell(desk.ports());
    expect(desk.told).toEqual(['recovered exports']);
  });

  test('once, where it was over before anybody was told, though another one of its session still is open', async () => {
    const desk = new Desk();
    const at = desk.now().toISOString();
    desk.causes = [{ eventId: 'e1', session: 'ana', at, certainty: 'likely', reasons: [] }];
    await desk.finds('exports', ['policy']);
    await desk.writes('invoices', ['policy']);
    await desk.writes('invoices', []);
    await tell(desk.ports());
    expect(desk.told).toEqual(['opened exports', 'recovered invoices']);
  });
});
