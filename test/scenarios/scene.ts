import type { ToolContract } from '#core/contract.ts';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accept } from '#core/acceptance.ts';
import type { Alert } from '#core/alert.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { parseEvent } from '#core/event.ts';
import type { Application } from '#core/evidence/applications.ts';
import { issueOf } from '#core/session-issues.ts';
import { isUseAffected } from '#core/use-subject.ts';
import { isJsonObject, textOf } from '#core/json.ts';
import type { OwnMessage } from '#core/look.ts';
import { createClients } from '#aws/clients.ts';
import { createReads } from '#aws/reads.ts';
import { kinds, kindsById } from '#kinds';
import { actOn } from '#lambda/acts.ts';
import { composeAlert, type AlertingPorts } from '#lambda/alerting.ts';
import { publicationsOf } from '#lambda/announce.ts';
import { loadBaseline, saveBaseline } from '#lambda/baseline-store.ts';
import { KnownStates, type Provisional } from '#lambda/known-states.ts';
import { actionItemsIn } from '#lambda/action-items.ts';
import { parseSettings } from '#lambda/settings.ts';
import type { EventHistory, HistoryAnswer, HistoryQuestion, Publication, UseLogs } from '#lambda/ports.ts';
import { watchImpact } from '#lambda/impact-watch.ts';
import { loadScan } from '#lambda/snapshot-store.ts';
import { startSweep, type SweepPorts } from '#lambda/sweep.ts';
import { lookAgain } from '#lambda/look-again.ts';
import { tick, type TickPorts } from '#lambda/tick.ts';
import { searchCauses } from '#lambda/cause-search.ts';
import { workOn } from '#lambda/work.ts';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import type { AwsDouble } from '../aws-double/client.ts';
import { ALL_USERS, OWNER_ID, type BlockFlags, type Bucket, type Refusal, type World } from '../aws-double/world.ts';

export const ACCOUNT = '111122223333';
const START = Date.parse('2026-03-02T08:00:00.000Z');
const MINUTE = 60_000;
/** Messages that one run of the worker takes. */
const BATCH = 10;

const ACTION_ITEMS = actionItemsIn(
  parseSettings(readFileSync(join(import.meta.dirname, '..', '..', 'plumbline.yaml'), 'utf8'), 'plumbline.yaml'),
);

const shapes = new Map(kinds.map(({ declaration }) => [declaration.id, declaration.shape]));

/** What a port throws in place of a function that is ended in the middle: the message is gone, and nothing else is done. */
export const NO_MORE_TIME = new Error('the function had no more time');

interface Queued {
  readonly at: number;
  readonly body: string;
}

export interface EventSettings {
  readonly bucket?: string;
  readonly block?: BlockFlags;
  readonly policy?: string;
  readonly error?: string;
  readonly dropped?: boolean;
  readonly session?: string;
  /** An IP set, and what it is given. */
  readonly set?: string;
  readonly addresses?: readonly string[];
  /** Members of the record in place of the usual ones: another identity, another client. */
  readonly record?: object;
}

/** An account, the service that watches it, and the time: everything runs in process, reads go over HTTP to the double. */
export class Scene {
  readonly alerts: Alert[] = [];
  readonly asked: Provisional[] = [];
  readonly documents = new MemoryDocuments();
  readonly ledger = new DocumentsLedger(this.documents);
  readonly #double: AwsDouble;
  #world: Partial<World> = { buckets: {}, ipSets: {} };
  #refusals: Refusal[] = [];
  #time: number;
  #queue: Queued[] = [];
  #later: { at: number; change: Partial<World> }[] = [];
  #shards: readonly OwnMessage[] = [];
  #lastScan: string | undefined;
  /** One instance, as a warm function has it: what it keeps in memory is kept from event to event. */
  readonly #known = new KnownStates({
    documents: this.documents,
    ledger: this.ledger,
    account: ACCOUNT,
    shapes,
    now: () => this.now(),
  });
  #events = 0;
  /** What tools may write. */
  contracts: readonly ToolContract[] = [];
  #remembered: { readonly from: number; readonly region: string; readonly record: object }[] = [];
  #historyCode: string | undefined;
  /** The mail of each alert, in their order. */
  readonly mails: string[] = [];
  /** What CloudTrail itself remembers, and was asked. */
  readonly history: EventHistory = { find: (question) => Promise.resolve(this.#found(question)) };
  readonly asks: HistoryQuestion[] = [];
  /** Logs of use, where the settings name some. */
  useLogs: UseLogs | undefined;
  applications: readonly Application[] = [];

  constructor(double: AwsDouble, start = START) {
    this.#double = double;
    this.#time = start;
  }

  readonly now = (): Date => new Date(this.#time);

  /** Three buckets and an IP set, as most accounts have them. */
  async open(): Promise<void> {
    const plain = (index: number): [string, Bucket] => [`bucket-0${index}`, { region: 'us-east-1' }];
    this.#world = {
      regions: ['us-east-1'],
      buckets: Object.fromEntries([0, 1, 2].map(plain)),
      ipSets: {
        'REGIONAL/us-east-1': [
          { name: 'deny-list', id: 'set-1', addresses: ['198.51.100.0/24'], version: 'IPV4', lockToken: 't1' },
        ],
      },
    };
    await this.#show();
  }

  get ports(): TickPorts & AlertingPorts {
    const { documents, ledger, now } = this;
    const known = this.#known;
    const aws = createReads({
      account: ACCOUNT,
      clients: createClients({ globalRegion: 'us-east-1' }),
      concurrency: 64,
      now,
    });
    const ports = {
      account: ACCOUNT,
      partition: 'aws',
      kinds,
      aws,
      documents,
      ledger,
      known,
      ownerTags: ['owner', 'team'],
      actionItems: ACTION_ITEMS,
      contracts: this.contracts,
      now,
      run: randomUUID(),
      wait: async (ms: number) => this.#pass(ms),
      asking: { ask: async (messages: readonly OwnMessage[], after = 0) => this.#enqueue(messages, after * 1000) },
      askToAccept: async (first: Provisional) => void this.asked.push(first),
    };
    return {
      ...ports,
      ...(this.useLogs === undefined ? {} : { isUseLogged: (records) => isUseAffected(records, kinds) }),
      announce: async (subject) => {
        const alert = await composeAlert(subject, ports);
        const publications = publicationsOf(alert, { ...PUBLISHED, documents });
        for (const publication of publications) refuseLikeSns(publication);
        this.mails.push(publications[0]?.text ?? '');
        this.alerts.push(alert);
        return alert.severity;
      },
    };
  }

  get sweepPorts(): SweepPorts {
    return { ...this.ports, regions: () => Promise.resolve(['us-east-1', 'eu-west-3']) };
  }

  /** A whole sweep, accepted by a person. */
  async accepted(): Promise<void> {
    await this.sweep();
    await this.minutes(2);
    await this.accepts();
    this.asked.length = 0;
    await this.minutes(1);
  }

  async accepts(): Promise<void> {
    const { scan, comparedWith } = await loadScan(this.documents, ACCOUNT, this.#lastScan);
    const loaded = await loadBaseline(this.documents, ACCOUNT, shapes);
    const acceptance = { at: this.now().toISOString(), by: 'arn:aws:iam::111122223333:user/ana', reason: 'seen' };
    const outcome = accept(loaded?.baseline, { scan, comparedWith, what: 'all', acceptance, kinds: kindsById });
    await saveBaseline(this.documents, outcome.baseline, loaded);
    const open = (await this.ledger.list('drift')).flatMap(({ body }) => {
      const { status, drift } = body as unknown as DriftRecord;
      return status === 'open' ? [drift.ref] : [];
    });
    await lookAgain(open, this.ports.asking, { why: 'accepted', afterSeconds: 30 });
  }

  async sweep(): Promise<void> {
    this.#lastScan = await startSweep(this.sweepPorts);
    this.#shards = this.#queue.map(({ body }) => JSON.parse(body) as OwnMessage).filter(isShard);
    await this.#work();
    await this.minutes(1);
  }

  /** The looks of the last sweep, to be brought once more: a worker may die in the middle of one. */
  get looksOfSweep(): readonly OwnMessage[] {
    return this.#shards;
  }

  async comesAgain(messages: readonly OwnMessage[]): Promise<void> {
    this.#enqueue(messages, 0);
    await this.#work();
  }

  /** So many rounds of the teller. `each`: minutes between two of them. */
  async minutes(count: number, each = 1): Promise<void> {
    for (let round = 0; round < count; round += 1) {
      this.#pass(each * MINUTE);
      await this.#applyLater();
      await this.#work();
      await tick(this.ports);
    }
  }

  async sets(change: Partial<World>): Promise<void> {
    this.#world = { ...this.#world, ...change };
    await this.#show();
  }

  async clearsAccountBlock(): Promise<void> {
    const { accountBlock: _before, ...world } = this.#world;
    this.#world = world;
    await this.#show();
  }

  async leavesOrganizationPolicy(): Promise<void> {
    const { organizationPolicy: _before, ...world } = this.#world;
    this.#world = world;
    await this.#show();
  }

  async setsBucket(name: string, bucket: Omit<Bucket, 'region'> | undefined): Promise<void> {
    const { [name]: _before, ...others } = this.#world.buckets ?? {};
    await this.sets({
      buckets: bucket === undefined ? others : { ...others, [name]: { region: 'us-east-1', ...bucket } },
    });
  }

  async makesSet(name: string): Promise<void> {
    const key = 'REGIONAL/us-east-1';
    const made = {
      name,
      id: `id-of-${name}`,
      addresses: ['198.51.100.0/24'],
      version: 'IPV4' as const,
      lockToken: 't1',
    };
    await this.sets({ ipSets: { ...this.#world.ipSets, [key]: [...(this.#world.ipSets?.[key] ?? []), made] } });
  }

  /** A web ACL in front of a load balancer refuses whoever is in the set. */
  async refusesThoseIn(name: string): Promise<void> {
    const id = this.#world.ipSets?.['REGIONAL/us-east-1']?.find((set) => set.name === name)?.id ?? '';
    const ARN = `arn:aws:wafv2:us-east-1:${ACCOUNT}:regional/ipset/${name}/${id}`;
    const rules = [
      { Name: 'deny', Priority: 0, Action: { Block: {} }, Statement: { IPSetReferenceStatement: { ARN } } },
    ];
    const balancer = `arn:aws:elasticloadbalancing:us-east-1:${ACCOUNT}:loadbalancer/app/web/84dc5457e450dba5`;
    const behind = { APPLICATION_LOAD_BALANCER: [balancer] };
    const acl = { name: 'front', id: 'acl-1', lockToken: 'w-1', defaultAction: 'Allow' as const, rules, behind };
    await this.sets({ webAcls: { 'REGIONAL/us-east-1': [acl] } });
  }

  async deletesSet(name: string): Promise<void> {
    const key = 'REGIONAL/us-east-1';
    const sets = (this.#world.ipSets?.[key] ?? []).filter((set) => set.name !== name);
    await this.sets({ ipSets: { ...this.#world.ipSets, [key]: sets } });
  }

  async setsAddresses(name: string, addresses: string[]): Promise<void> {
    const key = 'REGIONAL/us-east-1';
    const sets = (this.#world.ipSets?.[key] ?? []).map((set) =>
      set.name === name ? { ...set, addresses, lockToken: `t-${this.#time}` } : set,
    );
    await this.sets({ ipSets: { ...this.#world.ipSets, [key]: sets } });
  }

  /** The change is made, and shows in reads only after so many seconds. */
  async staleFor(seconds: number, change: Partial<World>): Promise<void> {
    this.#later.push({ at: this.#time + seconds * 1000, change });
  }

  async refuses(call: string, of: string): Promise<void> {
    this.#refusals.push({ call, of, code: 'AccessDenied', status: 403 });
    await this.#double.misbehave({ refuse: this.#refusals });
  }

  async many(count: number): Promise<void> {
    const buckets = Array.from({ length: count }, (_, index): [string, Bucket] => [
      `many-${String(index).padStart(3, '0')}`,
      { region: 'us-east-1' },
    ]);
    await this.sets({ buckets: Object.fromEntries(buckets) });
  }

  async manyPublicAcls(count: number, teams = 0): Promise<void> {
    await this.many(count);
    const grants = [
      { to: OWNER_ID, permission: 'FULL_CONTROL' },
      { to: ALL_USERS, permission: 'READ' },
    ];
    const buckets = Object.keys(this.#world.buckets ?? {}).map((name, index): [string, Bucket] => [
      name,
      { region: 'us-east-1', grants, ...(teams === 0 ? {} : { tags: { team: `team-${index % teams}` } }) },
    ]);
    await this.sets({ buckets: Object.fromEntries(buckets) });
  }

  /** One session changes the policy of so many buckets. */
  async burst(count: number, { withEvents }: { readonly withEvents: boolean }): Promise<void> {
    const names = Object.keys(this.#world.buckets ?? {}).slice(0, count);
    const buckets = { ...this.#world.buckets };
    for (const name of names) buckets[name] = { region: 'us-east-1', policy: this.policyFor(name, '444455556666') };
    await this.sets({ buckets });
    if (withEvents) for (const bucket of names) this.#push(this.record('PutBucketPolicy', { bucket }));
    await this.#work();
  }

  /** So many buckets change, each in another setting or combination of settings. */
  async differentChanges(count: number): Promise<void> {
    const names = Object.keys(this.#world.buckets ?? {}).slice(0, count);
    const buckets = { ...this.#world.buckets };
    for (const [index, name] of names.entries())
      buckets[name] = { region: 'us-east-1', ...this.#combination(index + 1, name) };
    await this.sets({ buckets });
  }

  #combination(number: number, name: string): Omit<Bucket, 'region'> {
    const flags = { BlockPublicAcls: true };
    return {
      ...(number & 1 ? { policy: this.policyFor(name, '444455556666') } : {}),
      ...(number & 2 ? { block: flags } : {}),
      ...(number & 4 ? { ownership: 'BucketOwnerPreferred' as const } : {}),
      ...(number & 8
        ? {
            grants: [
              { to: OWNER_ID, permission: 'FULL_CONTROL' },
              { to: 'b'.repeat(64), permission: 'READ' },
            ],
          }
        : {}),
    };
  }

  policyFor(bucket: string, account: string): string {
    return JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Read',
          Effect: 'Allow',
          Principal: { AWS: account },
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::${bucket}/*`,
        },
      ],
    });
  }

  /** A CloudTrail record as EventBridge brings it. */
  record(eventName: string, settings: EventSettings = {}): object {
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': 'AWS API Call via CloudTrail',
      source: eventName.includes('IPSet') ? 'aws.wafv2' : 'aws.s3',
      account: ACCOUNT,
      region: 'us-east-1',
      time: this.now().toISOString(),
      detail: this.#detail(eventName, settings),
    };
  }

  #detail(eventName: string, settings: EventSettings): object {
    const { bucket, block, error, dropped, session = 'alice@example.com', set, addresses } = settings;
    const policy = this.#world.buckets?.[bucket ?? '']?.policy;
    const parameters = {
      ...(bucket === undefined ? {} : { bucketName: bucket }),
      ...(set === undefined
        ? {}
        : { name: set, scope: 'REGIONAL', id: set === 'deny-list' ? 'set-1' : `id-of-${set}` }),
      ...(addresses === undefined ? {} : { addresses }),
      ...(block === undefined ? {} : { PublicAccessBlockConfiguration: block }),
      ...(eventName === 'PutBucketPolicy' && policy !== undefined
        ? { bucketPolicy: JSON.parse(policy) as object }
        : {}),
    };
    return {
      eventVersion: '1.11',
      eventID: `event-${(this.#events += 1)}`,
      eventName,
      eventSource: eventName.includes('IPSet') ? 'wafv2.amazonaws.com' : 's3.amazonaws.com',
      eventTime: this.now().toISOString(),
      awsRegion: 'us-east-1',
      recipientAccountId: ACCOUNT,
      userAgent: 'Boto3/1.40 md/Botocore exec-env/AWS_Lambda_python3.13',
      sourceIPAddress: '203.0.113.7',
      userIdentity: {
        type: 'AssumedRole',
        principalId: `AROAEXAMPLE:${session}`,
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/SecurityTooling/${session}`,
        accountId: ACCOUNT,
        accessKeyId: `ASIA${session.replaceAll(/\W/g, '').toUpperCase()}`,
        sessionContext: { sessionIssuer: { userName: 'SecurityTooling' } },
      },
      ...(dropped === true ? { requestParameters: null } : { requestParameters: parameters }),
      ...(error === undefined ? {} : { errorCode: error }),
      ...settings.record,
    };
  }

  async event(eventName: string, settings: EventSettings = {}): Promise<object> {
    const event = this.record(eventName, settings);
    await this.again(event);
    return event;
  }

  async again(event: object): Promise<void> {
    this.#push(event);
    await this.#work();
  }

  /** The mail of the last alert. */
  get lastMail(): string {
    return this.mails.at(-1) ?? '';
  }

  /** The call is made now and no event of it comes; CloudTrail's own history has it after so long. */
  remembers(
    eventName: string,
    settings: EventSettings,
    { afterMinutes, region = 'us-east-1' }: { readonly afterMinutes: number; readonly region?: string },
  ): void {
    const { detail } = this.record(eventName, settings) as { readonly detail: object };
    this.#remembered.push({
      from: this.#time + afterMinutes * MINUTE,
      region,
      record: { ...detail, awsRegion: region },
    });
  }

  /** CloudTrail has the very event that also came. */
  remembersRecord(event: object): void {
    const { detail } = event as { readonly detail: object };
    this.#remembered.push({ from: this.#time, region: 'us-east-1', record: detail });
  }

  /** A user took the role, and was given this key. */
  remembersSessionOf(user: string, accessKeyId: string): void {
    const { detail } = this.record('AssumeRole') as { readonly detail: object };
    const record = {
      ...detail,
      eventSource: 'sts.amazonaws.com',
      userIdentity: {
        type: 'IAMUser',
        arn: `arn:aws:iam::${ACCOUNT}:user/${user}`,
        accountId: ACCOUNT,
        userName: user,
        accessKeyId: 'AKIAEXAMPLE',
      },
      responseElements: { credentials: { accessKeyId } },
    };
    this.#remembered.push({ from: this.#time, region: 'us-east-1', record });
  }

  historyRefuses(code: string): void {
    this.#historyCode = code;
  }

  #found(question: HistoryQuestion): HistoryAnswer {
    this.asks.push(question);
    if (this.#historyCode !== undefined) return { events: [], isWhole: false, why: this.#historyCode, unreadable: 0 };
    const { by, region, from, to } = question;
    const events = this.#remembered
      .filter((one) => one.from <= this.#time && one.region === region)
      .map(({ record }) => parseEvent(record))
      .filter((event) => !('name' in by) || event.name === by.name)
      .filter((event) => !('resource' in by) || issueOf(event)?.accessKey === by.resource)
      .filter((event) => !('accessKey' in by) || event.actor.session === by.accessKey)
      .filter(({ at }) => at >= from && at <= to);
    return { events, isWhole: true, unreadable: 0 };
  }

  /** Several come in one batch. */
  async together(events: readonly object[]): Promise<void> {
    for (const event of events) this.#push(event);
    await this.#work();
  }

  /** What was refused is answered again. */
  async answersAgain(): Promise<void> {
    this.#refusals = [];
    await this.#double.misbehave({});
  }

  async acknowledges(): Promise<void> {
    await this.#acts({ act: 'ack' });
  }

  async mutes(minutes: number): Promise<void> {
    await this.#acts({ act: 'mute', until: new Date(this.#time + minutes * MINUTE).toISOString() });
  }

  async #acts(act: { readonly act: 'ack' } | { readonly act: 'mute'; readonly until: string }): Promise<void> {
    const finding = this.alerts.at(-1)?.finding ?? '';
    const by = 'arn:aws:sts::111122223333:assumed-role/OnCall/bob';
    await actOn(finding, { ...act, by, at: this.now().toISOString(), note: 'known' }, this.ports);
  }

  /** What was told, a line each. */
  get told(): readonly string[] {
    const acceptances = this.asked.map((first) => `please accept: ${first.resources} resources`);
    return [...acceptances, ...this.alerts.map(lineOf)];
  }

  #push(event: object): void {
    this.#queue.push({ at: this.#time, body: JSON.stringify(event) });
  }

  #enqueue(messages: readonly OwnMessage[], afterMs: number): void {
    for (const message of messages) this.#queue.push({ at: this.#time + afterMs, body: JSON.stringify(message) });
  }

  /** Works on everything that has come; after each batch that found something the teller is nudged, as a worker does. */
  async #work(): Promise<void> {
    for (;;) {
      const batch = this.#queue.filter(({ at }) => at <= this.#time).slice(0, BATCH);
      if (batch.length === 0) return;
      this.#queue = this.#queue.filter((one) => !batch.includes(one));
      let due = 0;
      for (const { body } of batch) {
        const message: unknown = JSON.parse(body);
        // Where the settings name no logs there is no queue for them, and the message goes where all others go.
        if (isJsonObject(message) && message['plumbline'] === 'watch' && this.useLogs !== undefined)
          due += (await this.#watch(textOf(message['finding']) ?? '')).due;
        else if (isJsonObject(message))
          due += (
            await workOn(message, {
              ...this.sweepPorts,
              answerTicket: () => Promise.resolve(),
              searchFor: (finding) => searchCauses(finding, { ...this.sweepPorts, history: this.history }),
            })
          ).due;
      }
      if (due > 0) await tick(this.ports);
    }
  }

  /** What on-sweep does with a message of its queue. */
  async #watch(finding: string): ReturnType<typeof watchImpact> {
    const { useLogs, applications } = this;
    try {
      return await watchImpact(finding, { ...this.ports, applications, lookBackDays: 7, ...(useLogs && { useLogs }) });
    } catch (error) {
      if (error !== NO_MORE_TIME) throw error;
      return { due: 0 };
    }
  }

  #pass(ms: number): void {
    this.#time += ms;
  }

  async #applyLater(): Promise<void> {
    const due = this.#later.filter(({ at }) => at <= this.#time);
    this.#later = this.#later.filter((one) => !due.includes(one));
    for (const { change } of due) await this.sets(change);
  }

  /** A change comes after whatever was read before it. */
  async #show(): Promise<void> {
    this.#pass(1000);
    await this.#double.show(this.#world);
  }
}

function isShard(message: OwnMessage): boolean {
  return message.plumbline === 'shard';
}

const PUBLISHED = {
  kinds,
  timeZone: 'UTC',
  partition: 'aws',
  chat: true,
  whole: 's3://audit-bucket/reports/whole.json',
};

/** What SNS refuses it refuses here too (aws-facts §8): a long message, a subject with anything but a line of ASCII. */
function refuseLikeSns({ subject, text, json, attributes }: Publication): void {
  const body = json === undefined ? text : JSON.stringify({ default: text, sqs: json, lambda: json, https: json });
  const bytes = Buffer.byteLength(body) + Buffer.byteLength(JSON.stringify(attributes));
  if (bytes > 256 * 1024) throw new Error(`InvalidParameter: the message has ${bytes} bytes`);
  if (!/^[\x20-\x7e]{1,99}$/.test(subject)) throw new Error(`InvalidParameter: Subject ${subject}`);
}

function lineOf({ status, severity, members, against }: Alert): string {
  const kindIds = [...new Set(members.map(({ record }) => record.drift.ref.kind))];
  const [only] = members;
  const what =
    members.length === 1 && only
      ? `${only.record.drift.ref.kind}/${only.record.drift.ref.id}`
      : `${members.length} × ${kindIds.join(' and ')}`;
  const note = {
    accepted: '',
    'first-seen': ', against first seen, not accepted',
    nothing: ', no baseline',
    deployed: '',
  }[against];
  return `${status} ${severity}: ${what} (${members.length})${note}`;
}
