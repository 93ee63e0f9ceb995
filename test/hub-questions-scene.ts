import type { AccountsBlastRadius } from '#core/accounts-blast-radius.ts';
import { PlumblineError } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import type { OwnMessage } from '#core/look.ts';
import { createClients } from '#aws/clients.ts';
import { createReads } from '#aws/reads.ts';
import { kinds, kindsById } from '#kinds';
import type { AwsReads } from '#kinds/kind.ts';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { answerPart } from '#lambda/account-parts.ts';
import { answer, type Answer, type AnswerPorts } from '#lambda/answer.ts';
import { collect } from '#lambda/collect.ts';
import { enter } from '#lambda/handlers/member-service.ts';
import { knownMembers } from '#lambda/hub-members.ts';
import { partFor, type MemberPorts } from '#lambda/member-answer.ts';
import { describeService } from '#lambda/service-document.ts';
import { saveScan } from '#lambda/snapshot-store.ts';
import { LAST_SWEEP } from '#lambda/sweep-plan.ts';
import { answerTicket } from '#lambda/tickets.ts';
import type { AwsDouble } from './aws-double/client.ts';
import { ALL_USERS, emptyWorld, OWNER_ID, type Bucket, type World } from './aws-double/world.ts';
import type { PartCase } from './hub-questions.cases.ts';

export const HUB = '999988887777';
export const ONE = '111122223333';
export const TWO = '222233334444';
/** As CloudFormation names the bucket of a stack called Plumbline. */
export const AUDIT = 'plumbline-auditbucket1a2b3c4d-5e6f7a8b9c0d';
export const NOW = '2026-03-02T08:00:00.000Z';
/** Half an hour before. */
export const SWEPT = '2026-03-02T07:30:00.000Z';

const shapes = new Map([...kindsById].map(([id, { declaration }]) => [id, declaration.shape]));

export interface Queued {
  readonly message: OwnMessage;
  readonly after: number;
}

type Hub = AnswerPorts & MemberPorts;

/** A hub, its members in the double, and its queue, of which a test takes what it likes. */
export class HubQuestions {
  readonly queue: Queued[] = [];
  readonly documents = new MemoryDocuments();
  readonly hub: Hub;
  /** By account: what its service has kept. */
  readonly kept = new Map<string, MemoryDocuments>();
  time = NOW;
  world: World = { ...accountOf(HUB), members: {} };
  readonly #double: AwsDouble;

  constructor(double: AwsDouble, more: Partial<Hub> = {}, { settings = { regions: ['us-east-1'] } as object } = {}) {
    this.#double = double;
    const now = (): Date => new Date(this.time);
    const service = { ownerTags: ['owner'], kinds, partition: 'aws', now, own: readsOf(HUB) };
    const ledger = new DocumentsLedger(new MemoryDocuments());
    this.hub = {
      account: HUB,
      documents: this.documents,
      ledger,
      kinds: kindsById,
      shapes,
      now,
      ownerTags: ['owner'],
      actionItems: [],
      timeZone: 'UTC',
      partition: 'aws',
      asking: {
        ask: async (messages, after = 0) => void this.queue.push(...messages.map((message) => ({ message, after }))),
      },
      identify: () => Promise.reject(new PlumblineError('CREDENTIALS_UNUSABLE', 'nobody is known here')),
      testAlert: () => Promise.resolve(),
      nudge: () => Promise.resolve(),
      knownMembers: () => knownMembers({ ledger }),
      timeout: () => new AbortController().signal,
      enter: (account) =>
        enter(account, {
          ...service,
          run: 't-0123456789abcdef',
          settings: settings as never,
          environment: { region: 'us-east-1', account: HUB } as never,
        }),
      ...more,
    };
  }

  readonly ask = (question: JsonObject): Promise<Answer> => answer(question, this.hub);
  readonly under = (ticket: string): Promise<Answer> => this.ask({ ask: 'answer', ticket });

  /** A worker takes one message. */
  async works({ message }: Pick<Queued, 'message'>, more: Partial<Hub> = {}): Promise<void> {
    if (message.plumbline !== 'answer') throw new Error(`a message to ${message.plumbline}`);
    const hub = { ...this.hub, ...more };
    const { ticket, account } = message;
    if (account === undefined) await answerTicket(ticket, hub);
    else await answerPart({ ticket, account }, { ...hub, partOf: (question, one) => partFor(question, one, hub) });
  }

  /** Adds a member to what the double shows, with what is kept there. */
  async joins(account: string, kept: PartCase['kept'] = 'a snapshot'): Promise<void> {
    const member = accountOf(account);
    Object.assign(member.buckets, await this.#keptIn(account, kept));
    await this.shows({ ...this.world, members: { ...this.world.members, [account]: member } });
  }

  async leaves(account: string): Promise<void> {
    const { [account]: _gone, ...members } = this.world.members ?? {};
    await this.shows({ ...this.world, members });
  }

  async shows(world: World): Promise<void> {
    this.world = world;
    await this.#double.show(world);
  }

  /** The hub's own sweep. */
  async sweeps(): Promise<void> {
    const sweep = await this.#sweepInto(this.documents, HUB);
    await this.hub.ledger.write({ ...LAST_SWEEP, revision: 0, body: { sweep, resources: 2 } });
    await this.#double.show(this.world);
  }

  /** What a service of that account has kept: its own document, and one sweep of what the double shows. */
  async keptBy(account: string, { swept = true } = {}): Promise<MemoryDocuments> {
    const documents = new MemoryDocuments();
    await describeService(documents, { account, region: 'us-east-1', table: 't', version: '0.1.0' });
    if (swept) await this.#sweepInto(documents, account);
    this.kept.set(account, documents);
    return documents;
  }

  async #keptIn(account: string, kept: PartCase['kept']): Promise<Record<string, Bucket>> {
    switch (kept) {
      case 'no such bucket':
        return {};
      case 'a snapshot':
        return { [AUDIT]: await bucketOf(await this.keptBy(account)) };
      case 'nothing':
        return { [AUDIT]: await bucketOf(await this.keptBy(account, { swept: false })) };
      case "another account's":
        return { [AUDIT]: await bucketOf(await this.keptBy(TWO)) };
      case 'two of them': {
        const bucket = await bucketOf(await this.keptBy(account));
        return { [AUDIT]: bucket, [`another-${AUDIT}`]: bucket };
      }
      case 'a damaged snapshot': {
        const bucket = await bucketOf(await this.keptBy(account));
        const [part = ''] = Object.keys(bucket.objects ?? {}).filter((key) => key.endsWith('.json.gz'));
        return { [AUDIT]: { ...bucket, objects: { ...bucket.objects, [part]: { body: 'no' } } } };
      }
    }
  }

  async #sweepInto(documents: MemoryDocuments, account: string): Promise<string> {
    await this.#double.show(accountOf(account));
    const scan = await collect({
      kinds,
      regions: ['us-east-1'],
      partition: 'aws',
      ownerTags: ['owner'],
      onlyThose: false,
      accepted: [],
      aws: readsOf(account),
    });
    return (await saveScan(documents, { scan, comparedWith: 0, by: 'service' })).id;
  }
}

/** An account with one bucket that is listed by everybody. */
function accountOf(account: string): World {
  const grants = [
    { to: OWNER_ID, permission: 'FULL_CONTROL' },
    { to: ALL_USERS, permission: 'READ' },
  ];
  const site: Bucket = { region: 'us-east-1', ownership: 'ObjectWriter', grants, tags: { owner: 'web' } };
  return { ...emptyWorld(account), buckets: { [`site-${account}`]: site } };
}

function readsOf(account: string): AwsReads {
  const clients = createClients({ globalRegion: 'us-east-1' });
  return createReads({ account, clients, concurrency: 32, now: () => new Date(SWEPT) });
}

/** Documents as a bucket of the double holds them. */
export async function bucketOf(documents: MemoryDocuments): Promise<Bucket> {
  const keys = await documents.list('');
  const objects = await Promise.all(
    keys.map(async (key) => {
      const { body = Buffer.from('') } = (await documents.read(key)) ?? {};
      return [key, { base64: Buffer.from(body).toString('base64') }] as const;
    }),
  );
  return { region: 'us-east-1', ownership: 'BucketOwnerEnforced', objects: Object.fromEntries(objects) };
}

/** Each account with how many break, or why it is not known. */
export function brokenIn(document: unknown): readonly unknown[] {
  return (document as AccountsBlastRadius).accounts.map((one) => [
    one.account,
    'error' in one ? one.error.code : one.counts.broken,
  ]);
}
