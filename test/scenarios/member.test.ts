import { describe, expect, test } from 'vitest';
import type { FindingRecord } from '#core/finding-record.ts';
import type { Json } from '#core/json.ts';
import { announceAlert } from '#lambda/announce.ts';
import type { HubNews } from '#lambda/hub-news.ts';
import { forwardToHub, postToHub } from '#lambda/hub-outbox.ts';
import { newsOfEnd } from '#lambda/member-news.ts';
import type { Publication } from '#lambda/ports.ts';
import { tick } from '#lambda/tick.ts';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import type { Traffic } from '#local/demo/traffic.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { useDoubleHere } from '../double-here.ts';
import { HubScene } from './hub-scene.ts';
import { LogFolder } from './log-folder.ts';
import { ACCOUNT, Scene } from './scene.ts';

const on = useDoubleHere();
const ALL = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

const BY_THE_BLOCK = 'because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.';

/** An account that tells a hub. */
class Member extends Scene {
  readonly published: Publication[] = [];
  readonly put: HubNews[] = [];
  readonly untold: string[] = [];
  tells: HubNews['tell'] = 'hub';
  isHubDead = false;

  override get ports(): Scene['ports'] {
    const ports = super.ports;
    const { ledger, now } = this;
    return {
      ...ports,
      announce: (subject) =>
        announceAlert(subject, {
          ...ports,
          publisher: { publish: async (publication) => void this.published.push(publication) },
          timeZone: 'UTC',
          chat: true,
          warn: () => undefined,
          hub: { tell: this.tells, post: (news) => postToHub(news, { ledger, now }) },
        }),
      ended: (finding, as) =>
        postToHub(newsOfEnd(finding, { tell: this.tells, as, at: now().toISOString() }), { ledger, now }),
      forward: () => forwardToHub({ ledger, now, bus: { put: (news) => this.#put(news) } }),
    };
  }

  /** A round whose outcome counts. */
  async round(): Promise<void> {
    const { failed } = await tick(this.ports);
    this.untold.push(...failed.map(({ why }) => why));
  }

  async #put(news: Json): Promise<void> {
    if (this.isHubDead) throw new Error('the bus is gone');
    this.put.push(news as unknown as HubNews);
  }
}

async function opened(more: Partial<Pick<Member, 'tells' | 'isHubDead'>> = {}): Promise<Member> {
  const member = Object.assign(new Member(on.double), more);
  await member.open();
  await member.accepted();
  await member.sets({ accountBlock: ALL });
  await member.event('PutAccountPublicAccessBlock', { block: ALL });
  return member;
}

/** What is said of a finding that ended without a mail. */
const endOf = (id: string, at: Date): HubNews =>
  newsOfEnd({ ...findingOf(id), openedAt: at.toISOString() }, { tell: 'hub', as: 'accepted', at: at.toISOString() });

const findingOf = (id: string): FindingRecord => ({
  id,
  account: ACCOUNT,
  groupedBy: 'alone',
  status: 'open',
  openedAt: '',
  members: [],
  joins: { events: [], sessions: [], sweeps: [] },
  severity: 'high',
  reminders: 0,
  against: 'accepted',
});

const statuses = ({ put }: Member): readonly string[] => put.map(({ status }) => status);

describe('a member of a hub', () => {
  test('that mails itself tells both', async () => {
    const member = await opened({ tells: 'here' });
    expect(member.published.map(({ topic }) => topic)).toEqual(['alerts', 'chat']);
    expect(statuses(member)).toEqual(['opened']);
  });

  test('that leaves the mailing to the hub tells the hub alone', async () => {
    const member = await opened();
    await member.minutes(5);
    expect(member.published).toEqual([]);
    const [news] = member.put;
    expect(member.put).toHaveLength(1);
    expect(news).toMatchObject({
      status: 'opened',
      tell: 'hub',
      severity: 'high',
      headline: 'account-level S3 Block Public Access changed',
      moves: [
        's3-account-block publicAccessBlock.BlockPublicAcls present:b5bea41b6c62',
        's3-account-block publicAccessBlock.BlockPublicPolicy present:b5bea41b6c62',
        's3-account-block publicAccessBlock.IgnorePublicAcls present:b5bea41b6c62',
        's3-account-block publicAccessBlock.RestrictPublicBuckets present:b5bea41b6c62',
      ],
      actors: [
        {
          session: 'ASIAALICEEXAMPLECOM',
          who: 'role SecurityTooling, session alice@example.com',
          call: 'PutAccountPublicAccessBlock',
        },
      ],
    });
    expect(await member.documents.list('reports/alerts/')).toHaveLength(1);
    expect(news?.report).toMatch(/\/reports\/alerts\/f-[0-9a-f]+\/\w+-opened\.json$/);
  });

  test('whose hub is dead keeps trying, rings in the member, and loses nothing', async () => {
    const member = await opened({ isHubDead: true });
    for (let minute = 0; minute < 3; minute += 1) {
      await member.minutes(1);
      await member.round();
    }
    expect(member.put).toEqual([]);
    expect(member.untold).toEqual(Array(3).fill('the hub could not be told: the bus is gone'));
    member.isHubDead = false;
    await member.minutes(3);
    expect(statuses(member)).toEqual(['opened']);
  });

  test('brings what is new also where the hub takes some of what is older at no time', async () => {
    const ledger = new DocumentsLedger(new MemoryDocuments());
    let time = Date.parse('2026-03-02T08:00:00.000Z');
    const now = (): Date => new Date(time);
    for (const finding of ['f-1', 'f-2', 'f-3', 'f-4']) await postToHub(endOf(finding, now()), { ledger, now });
    const taken: string[] = [];
    const put = async (news: Json): Promise<void> => {
      const { finding } = news as unknown as HubNews;
      if (finding !== 'f-4') throw new Error(`${finding} is refused`);
      taken.push(finding);
    };
    const failed = [];
    for (let round = 0; round < 2; round += 1) {
      failed.push((await forwardToHub({ ledger, now, bus: { put } })).map(({ finding }) => finding));
      time += 60_000;
    }
    expect({ taken, failed }).toEqual({
      taken: ['f-4'],
      failed: [
        ['f-1', 'f-2', 'f-3'],
        ['f-1', 'f-2', 'f-3'],
      ],
    });
  });

  test('says that it recovered, and that it was accepted, which nobody is mailed of', async () => {
    const back = await opened();
    await back.clearsAccountBlock();
    await back.minutes(5);
    expect(statuses(back)).toEqual(['opened', 'recovered']);

    const kept = await opened();
    await kept.sweep();
    await kept.accepts();
    await kept.minutes(5);
    expect(statuses(kept)).toEqual(['opened', 'accepted']);
  });

  test.each([
    { tells: 'here', mailed: ['opened', 'changed', 'recovered', 'proved'] },
    { tells: 'hub', mailed: [] },
  ] as const)(
    'whose recovery is proved by logs tells the hub nothing of that; mails are told $tells',
    async (given) => {
      const { tells, mailed } = given;
      const member = Object.assign(new Member(on.double), { tells });
      const folder = new LogFolder(member.now);
      member.useLogs = folder.logs();
      await member.open();
      await member.accepted();
      const uploads = (from: number, fails?: Traffic['fails']): Traffic => ({
        by: { role: 'export-app' },
        bucket: 'bucket-00',
        operation: 'PutObject',
        acl: 'public-read',
        userAgent: 'export-app/1.0',
        addresses: ['192.0.2.10'],
        everyMs: 3_000,
        from: new Date(member.now().getTime() - from).toISOString(),
        to: member.now().toISOString(),
        ...(fails === undefined ? {} : { fails }),
      });
      await member.sets({ accountBlock: ALL });
      await member.event('PutAccountPublicAccessBlock', { block: ALL });
      await member.minutes(3);
      const since = new Date(member.now().getTime() - 120_000).toISOString();
      folder.delivers([uploads(120_000, { since, code: 'AccessDenied', status: 403, because: BY_THE_BLOCK })]);
      await member.minutes(4);
      await member.clearsAccountBlock();
      await member.event('DeleteAccountPublicAccessBlock');
      await member.minutes(9);
      folder.delivers([uploads(240_000)]);
      await member.minutes(3);
      expect(statuses(member)).toEqual(['opened', 'changed', 'recovered']);
      const mails = member.published.filter(({ topic }) => topic === 'alerts');
      expect(mails.map(({ attributes }) => attributes['status'])).toEqual(mailed);
      expect((await member.documents.list('reports/alerts/')).map((key) => key.split('-').at(-1) ?? '').sort()).toEqual(
        ['changed.json', 'opened.json', 'proved.json', 'recovered.json'],
      );
      folder.remove();
    },
  );

  test('and the hub hears of it once, under the account that EventBridge vouches for, and mails once', async () => {
    const member = await opened();
    await member.minutes(2);
    const hub = new HubScene(member.now().toISOString());
    for (const news of [...member.put, ...member.put]) await hub.hears(ACCOUNT, news);
    await hub.minutes(20);
    expect(hub.subjects).toEqual([`HIGH breaks: account-level S3 Block Public Access changed (${ACCOUNT})`]);
    expect(hub.mails[0]?.text).toContain('3 of 3 s3-bucket affected');
    expect(hub.mails[0]?.text).toContain(`its own alert: ${member.put[0]?.report ?? ''}`);
  });
});
