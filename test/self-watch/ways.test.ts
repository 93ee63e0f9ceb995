import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Alert } from '#core/alert.ts';
import type { OwnMessage } from '#core/look.ts';
import { partsToRead, readPart } from '#kinds/plumbline-self/reader.ts';
import { ownKind } from '#kinds/plumbline-self/index.ts';
import type { LookScope } from '#core/own-parts.ts';
import { composeAlert } from '#lambda/alerting.ts';
import { announceAlert } from '#lambda/announce.ts';
import type { HubNews } from '#lambda/hub-news.ts';
import { KnownStates } from '#lambda/known-states.ts';
import type { Publication } from '#lambda/ports.ts';
import { concernsParts, watchParts, type SelfWatchPorts } from '#lambda/self-watch.ts';
import { ownEventsIn } from '#lambda/self-watch-message.ts';
import { tell } from '#lambda/tell.ts';
import type { TellPorts } from '#lambda/tell-ports.ts';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { ACCOUNT, OwnWorld, REGION } from './own-world.ts';
import { WAYS } from './ways.cases.ts';

const MINUTE = 60_000;

/** A service that looks at itself and tells, over a world that answers for AWS. */
class Watch {
  readonly world = new OwnWorld();
  readonly alerts: Alert[] = [];
  readonly publications: Publication[] = [];
  readonly asked: OwnMessage[] = [];
  readonly documents = new MemoryDocuments();
  readonly ledger = new DocumentsLedger(this.documents);
  unreadable: readonly string[] = [];
  readonly news: HubNews[] = [];
  /** Who mails, of a member of a hub. */
  mails: HubNews['tell'] | undefined;
  /** After so many minutes everything is looked at again; undefined: at every look. */
  everythingEvery: number | undefined;
  /** What each look read. */
  readonly lookedAt: LookScope[] = [];

  get #ports(): SelfWatchPorts {
    const { world, documents, ledger } = this;
    return {
      account: ACCOUNT,
      region: REGION,
      parts: world.parts,
      documents,
      ledger,
      now: () => new Date(world.time),
      asking: { ask: async (messages) => void this.asked.push(...messages) },
      deployedAt: async () => world.updatedAt,
      ...(this.everythingEvery === undefined ? {} : { everythingEvery: this.everythingEvery }),
      readParts: (scope) =>
        Promise.all(
          partsToRead(world.parts, { account: ACCOUNT, region: REGION }, scope).map((part) =>
            readPart(part, { partition: 'aws', aws: world.aws }),
          ),
        ),
    };
  }

  /** Looks, with the events that came, and tells. */
  async looks(...envelopes: readonly object[]): Promise<void> {
    this.world.time += MINUTE;
    const events = envelopes
      .flatMap((envelope) => ownEventsIn(JSON.stringify(envelope)).events)
      .filter((event) => concernsParts(event, this.world.parts));
    const { unreadable, lookedAt } = await watchParts(events, this.#ports);
    this.unreadable = unreadable;
    this.lookedAt.push(lookedAt);
    this.world.time += MINUTE;
    await tell(this.#tellPorts);
  }

  get #tellPorts(): TellPorts {
    const { documents, ledger, world } = this;
    const now = (): Date => new Date(world.time);
    const known = new KnownStates({ documents, ledger, account: ACCOUNT, shapes: new Map(), now });
    const kinds = [ownKind];
    const ports = {
      account: ACCOUNT,
      partition: 'aws',
      documents,
      ledger,
      known,
      kinds,
      ownerTags: [],
      actionItems: [],
    };
    return {
      ledger,
      known,
      asking: { ask: () => Promise.resolve() },
      now,
      run: randomUUID(),
      announce: async (subject) => {
        this.alerts.push(await composeAlert(subject, ports));
        return announceAlert(subject, {
          ...ports,
          publisher: { publish: async (publication) => void this.publications.push(publication) },
          timeZone: 'UTC',
          chat: true,
          warn: () => undefined,
          ...(this.mails === undefined
            ? {}
            : { hub: { tell: this.mails, post: async (news) => void this.news.push(news) } }),
        });
      },
    };
  }

  get told(): readonly string[] {
    return this.alerts.map(
      ({ status, severity, members }) =>
        `${status} ${severity}: ${members.map(({ record }) => record.drift.ref.id).join(', ')}`,
    );
  }
}

describe('between two looks at everything', () => {
  /** Looks as often as the schedule does, after a first one at everything. */
  async function often(happens: (watch: Watch) => void, looks: number): Promise<Watch> {
    const watch = new Watch();
    watch.everythingEvery = 15;
    await watch.looks();
    happens(watch);
    for (let look = 0; look < looks; look += 1) {
      watch.world.time += 3 * MINUTE;
      await watch.looks();
    }
    return watch;
  }

  test('two looks read what may change unheard, and the third one everything', async () => {
    const { lookedAt } = await often(() => undefined, 6);
    expect(lookedAt).toEqual([
      'everything',
      'what may change unheard',
      'what may change unheard',
      'everything',
      'what may change unheard',
      'what may change unheard',
      'everything',
    ]);
  });

  test.each<{ case: string; fact: string; happens: (world: OwnWorld) => void; told: string }>([
    {
      case: 'a subscription is gone',
      fact: 'aws-facts §8: anyone on a list can unsubscribe all of it, by a link and no call of ours to see',
      happens: (w) => void w.topic('alerts').subscriptions.shift(),
      told: 'opened critical: topic:alerts',
    },
    {
      case: 'the trail is stopped',
      fact: 'aws-facts §4.5: its own end is the last event, if it comes at all',
      happens: (w) => void (w.trail.isLogging = false),
      told: 'opened critical: trails',
    },
    {
      case: 'the rule that brings what happens to rules is off',
      fact: 'it would have brought that',
      happens: (w) => void (w.rule('own-events').State = 'DISABLED'),
      told: 'opened critical: rule:own-events',
    },
    {
      case: 'the rule of a further region that brings what happens to rules there has no target',
      fact: 'it would have brought that',
      happens: (w) => void (w.rule('feed-events').Targets = []),
      told: 'opened critical: rule:feed-events',
    },
    {
      case: 'the bus of further regions is gone',
      fact: 'docs/decisions/0023: their events come over it',
      happens: (w) => w.remove('bus', 'further-regions'),
      told: 'opened critical: bus:further-regions',
    },
    {
      case: 'the queue of the events on the service takes them no more',
      fact: 'the event of that would have come by it',
      happens: (w) => void (w.queue('own').Policy = w.policy({ Effect: 'Deny', Principal: '*', Action: 'sqs:*' })),
      told: 'opened critical: queue:own',
    },
  ])('$case: told by the next look, whichever', async ({ happens, told }) => {
    expect((await often(({ world }) => happens(world), 1)).told).toEqual([told]);
  });

  test('what its event tells of, and the event was lost, is told within a quarter of an hour', async () => {
    const turnOff = ({ world }: Watch): void => void (world.rule('s3').State = 'DISABLED');
    expect((await often(turnOff, 2)).told).toEqual([]);
    expect((await often(turnOff, 3)).told).toEqual(['opened critical: rule:s3']);
  });

  test('an event lets everything be read at once', async () => {
    const watch = await often(() => undefined, 1);
    watch.world.rule('s3').State = 'DISABLED';
    await watch.looks(watch.world.event('events', 'DisableRule', { name: watch.world.name('rule', 's3') }));
    expect(watch.lookedAt.at(-1)).toBe('everything');
    expect(watch.told).toEqual(['opened critical: rule:s3']);
  });

  test('what is not read is not known: nothing that is open ends by that', async () => {
    const watch = await often(() => undefined, 1);
    const { world } = watch;
    world.function('on-tick').code = 'another';
    await watch.looks(
      world.event('lambda', 'UpdateFunctionCode20150331v2', { functionName: world.name('function', 'on-tick') }),
    );
    await watch.looks();
    expect([watch.lookedAt.at(-1), watch.told]).toEqual([
      'what may change unheard',
      ['opened critical: function:on-tick'],
    ]);
  });

  test('a deployment that no event told of is known at the next look at everything, however many others were between', async () => {
    const watch = await often(() => undefined, 1);
    const { world } = watch;
    world.function('on-tick').code = 'next';
    world.stackUpdated();
    watch.everythingEvery = 60;
    for (let look = 0; look < 20; look += 1) await watch.looks();
    watch.everythingEvery = undefined;
    await watch.looks();
    expect([watch.lookedAt.at(-2), watch.lookedAt.at(-1), watch.told]).toEqual([
      'what may change unheard',
      'everything',
      [],
    ]);
  });
});

describe('a way to silence the service', () => {
  test.each(WAYS)('$case', async ({ happens, told, says }) => {
    const watch = new Watch();
    await watch.looks();
    await watch.looks();
    const event = happens(watch.world);
    await watch.looks(...watch.world.takeDeployed(), ...(event === undefined ? [] : [event]));
    await watch.looks();
    expect(watch.told).toEqual(told);
    expect(watch.publications.map(({ topic }) => topic)).toEqual(told.map(() => 'self-watch'));
    const effects = watch.alerts.flatMap(({ members }) =>
      members.flatMap(({ record }) => record.drift.changes.flatMap((change) => change.effects ?? [])),
    );
    if (says !== undefined) expect(effects).toContain(says);
  });

  test('is told here also where the hub mails, and to the hub', async () => {
    const watch = new Watch();
    watch.mails = 'hub';
    await watch.looks();
    watch.world.rule('s3').State = 'DISABLED';
    await watch.looks();
    expect(watch.publications.map(({ topic }) => topic)).toEqual(['self-watch']);
    expect(watch.news).toMatchObject([{ status: 'opened', tell: 'hub', severity: 'critical', against: 'deployed' }]);
  });

  test('an account without a trail is told of, and that there is one from then on', async () => {
    const watch = new Watch();
    const trail = watch.world.trails.splice(0);
    await watch.looks();
    await watch.looks();
    expect(watch.told).toEqual(['opened critical: trails']);
    expect(watch.publications[0]?.text).toContain('No trail logs the writes of this region');
    watch.world.trails.push(...trail);
    await watch.looks();
    expect(watch.told).toEqual(['opened critical: trails', 'recovered critical: trails']);
  });

  test('taken back is told as recovered, and the same again as new', async () => {
    const watch = new Watch();
    await watch.looks();
    for (const state of ['DISABLED', 'ENABLED', 'DISABLED']) {
      watch.world.rule('s3').State = state;
      await watch.looks();
    }
    expect(watch.told).toEqual(['opened critical: rule:s3', 'recovered critical: rule:s3', 'opened critical: rule:s3']);
  });

  test('what somebody did stays told when a deployment of other things follows, and ends when it is put back', async () => {
    const watch = new Watch();
    const { world } = watch;
    await watch.looks();
    const role = world.role('on-tick');
    role.policies['Quiet'] = world.policy({ Effect: 'Deny', Action: 'sns:*', Resource: '*' });
    await watch.looks(world.event('iam', 'PutRolePolicy', { roleName: world.name('role', 'on-tick') }));
    role.policies['DefaultPolicy'] = world.policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
    await watch.looks(world.deployment('iam', 'PutRolePolicy', { roleName: world.name('role', 'on-tick') }));
    expect(watch.told).toEqual(['opened critical: role:on-tick']);
    delete role.policies['Quiet'];
    await watch.looks();
    expect(watch.told).toEqual(['opened critical: role:on-tick', 'recovered critical: role:on-tick']);
  });

  test('what is open is not explained by a stack that was updated near it', async () => {
    const watch = new Watch();
    const { world } = watch;
    await watch.looks();
    world.stackUpdated();
    world.function('on-tick').code = 'another';
    await watch.looks(
      world.event('lambda', 'UpdateFunctionCode20150331v2', { functionName: world.name('function', 'on-tick') }),
    );
    await watch.looks();
    world.function('on-tick').code = 'b';
    await watch.looks();
    expect(watch.told).toEqual(['opened critical: function:on-tick', 'recovered critical: function:on-tick']);
  });

  test('what somebody did near a deployment is told as theirs, however late its event comes after the reading', async () => {
    const watch = new Watch();
    const { world } = watch;
    await watch.looks();
    world.stackUpdated();
    world.time += 5 * MINUTE;
    world.function('on-tick').code = 'another';
    const event = world.event('lambda', 'UpdateFunctionCode20150331v2', {
      functionName: world.name('function', 'on-tick'),
    });
    await watch.looks();
    await watch.looks();
    expect(watch.told).toEqual([]);
    await watch.looks(event);
    expect(watch.told).toEqual(['opened critical: function:on-tick']);
  });

  test('what a deployment made is what later readings are compared with, once no event blamed anybody for a while', async () => {
    const watch = new Watch();
    const { world } = watch;
    await watch.looks();
    world.stackUpdated();
    world.function('on-tick').code = 'next';
    for (let look = 0; look < 12; look += 1) {
      world.time += 3 * MINUTE;
      await watch.looks();
    }
    expect(watch.told).toEqual([]);
    world.function('on-tick').code = 'b';
    await watch.looks();
    expect(watch.told).toEqual(['opened critical: function:on-tick']);
  });

  test('a deployment that puts a part back as it wants it settles what was told', async () => {
    const watch = new Watch();
    const { world } = watch;
    await watch.looks();
    world.rule('s3').State = 'DISABLED';
    await watch.looks();
    world.rule('s3').State = 'ENABLED';
    world.rule('s3').EventPattern = '{"source":["aws.s3"],"detail":{"eventName":["Next"]}}';
    await watch.looks(world.deployment('events', 'PutRule', { name: world.name('rule', 's3') }));
    expect(watch.told).toEqual(['opened critical: rule:s3', 'recovered critical: rule:s3']);
  });

  test('a purge asks for a sweep', async () => {
    const watch = new Watch();
    await watch.looks();
    const queueUrl = `https://sqs/${ACCOUNT}/${watch.world.name('queue', 'changes')}`;
    await watch.looks(watch.world.event('sqs', 'PurgeQueue', { queueUrl }));
    expect(watch.asked).toEqual([{ plumbline: 'sweep' }]);
  });

  test('what may not be read is counted, closes nothing, and is compared when it is read again', async () => {
    const watch = new Watch();
    await watch.looks();
    watch.world.rule('s3').State = 'DISABLED';
    await watch.looks();
    watch.world.refuses('DescribeRule');
    await watch.looks();
    expect([watch.told, watch.unreadable]).toEqual([
      ['opened critical: rule:s3', 'blind critical: rule:s3'],
      ['s3', 'wafv2', 'own-events', 'feed-s3', 'feed-events', 'further-s3'].map(
        (rule) => `rule:${rule} condition (AccessDeniedException)`,
      ),
    ]);
    watch.world.answersAgain();
    watch.world.rule('s3').State = 'ENABLED';
    await watch.looks();
    expect(watch.told.at(-1)).toBe('recovered critical: rule:s3');
  });

  test('who did it stands in the alert', async () => {
    const watch = new Watch();
    await watch.looks();
    watch.world.rule('s3').State = 'DISABLED';
    await watch.looks(watch.world.event('events', 'DisableRule', { name: watch.world.name('rule', 's3') }));
    expect(watch.alerts[0]?.causes).toMatchObject([{ call: 'DisableRule', who: 'role Admin, session session' }]);
  });

  test('the mail, whole', async () => {
    const watch = new Watch();
    await watch.looks();
    watch.world.rule('s3').State = 'DISABLED';
    await watch.looks(watch.world.event('events', 'DisableRule', { name: watch.world.name('rule', 's3') }));
    expect(watch.publications[0]?.text).toMatchInlineSnapshot(`
      "CRITICAL, opened: part of Plumbline rule:s3 changed, account 111122223333.
      Plumbline itself may hear, do or say less than it did: while this is open, its
      silence proves nothing.
      Finding f-cbbc41ef98, sent by Plumbline at 2026-03-02 08:04:00 UTC.
      Compared with what was deployed: nobody has to accept it.

      WHAT CHANGED
        111122223333/us-east-1/plumbline-self/rule:s3
          ~ condition.state: ENABLED → DISABLED

      WHAT IT DOES: WHAT FAILS, WHAT STILL WORKS
        The rule is off: what it brings is no longer heard of, and found by sweeps
          alone.

      SINCE WHEN
        First read so at 2026-03-02 08:03:00 UTC, 1 min before this mail.

      WHO
        role Admin, session session, by DisableRule at 2026-03-02 08:02:00 UTC
          that this call made it so is likely: the call names this part of the
            service; what it set, its reading tells
          with a client that does not say what it is

      DO THIS FIRST
        Deploy the stack again: it puts back what it is made of. Until then trust no
          silence.

      HOW TO UNDO IT (PLUMBLINE CHANGES NOTHING ITSELF)
        aws events enable-rule --name Plumbline-rule-s3-X1 --region us-east-1
        (deploying the stack again puts back whatever it made; until then trust no
          silence)
        Undoing it opens nothing to everyone, as far as is known.

      DO NOT BE MISLED
        A quiet service proves nothing while this is open: what moved in the
          meantime may not have been heard of.

      LOOK
        The setting now (sign in to 111122223333): https://console.aws.amazon.com/cloudformation/home?region=us-east-1#/stacks
        The call: https://console.aws.amazon.com/cloudtrailv2/home?region=us-east-1#/events/event-1
        The whole alert:
          memory/reports/alerts/f-cbbc41ef98/20260302T080400000Z-opened.json

      STOP THE REMINDERS
        It stays open, and you hear of it when it changes or is over:
        plumbline findings ack f-cbbc41ef98 --note "…" --store memory
        If it is to stay as it is, deploy it so: what a deployment makes is what is
          right.
      "
    `);
  });
});
