import type { EventDeclaration, KindDeclaration } from './declaration.ts';
import { PlumblineError } from './errors.ts';
import { parseEvent, textAt, type Actor, type CloudTrailEvent } from './event.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import type { ResourceRef } from './reference.ts';

/** What a look is for. */
export type Because =
  { readonly event: CloudTrailEvent; readonly tries: number } | { readonly sweep: string } | { readonly again: string };

/** Where to look. `everything`: an event said that something of a kind moved in a region, and not what. */
export type Aim =
  | { readonly refs: readonly ResourceRef[]; readonly hint: JsonObject }
  | { readonly everything: { readonly account: string; readonly kind: string; readonly region: string } }
  | { readonly shard: ShardRef };

/** One part of a kind in one sweep. */
export interface ShardRef {
  readonly account: string;
  readonly kind: string;
  readonly shard: number;
  readonly sweep: string;
}

/** Look here now: a hint, from whatever it came. */
export interface Look {
  readonly at: Aim;
  readonly because: Because;
}

/** What a message asks for. An attempt failed, so nothing changed: it is kept, and nothing is looked at. */
export type Asked =
  | { readonly asks: 'look'; readonly look: Look }
  | { readonly asks: 'attempt'; readonly event: CloudTrailEvent; readonly refs: readonly ResourceRef[] }
  | { readonly asks: 'sweep' }
  /** With an account: its part of an answer over several. */
  | { readonly asks: 'answer'; readonly ticket: string; readonly account?: string }
  | { readonly asks: 'search'; readonly finding: string }
  | { readonly asks: 'watch'; readonly finding: string }
  | { readonly asks: 'nothing'; readonly because: string };

/** What Plumbline puts on its own queues. */
export type OwnMessage =
  | { readonly plumbline: 'look'; readonly look: Look }
  | { readonly plumbline: 'shard'; readonly shard: ShardRef }
  | { readonly plumbline: 'sweep' }
  | { readonly plumbline: 'answer'; readonly ticket: string; readonly account?: string }
  /** CloudTrail is to be asked who caused a finding. */
  | { readonly plumbline: 'search'; readonly finding: string }
  /** Logs of use are to be read about a finding. */
  | { readonly plumbline: 'watch'; readonly finding: string }
  /** Events on the service itself, whose readings did not show them yet. */
  | { readonly plumbline: 'own'; readonly events: readonly CloudTrailEvent[]; readonly tries: number };

/** What CloudTrail's events are called on a bus. */
export const CLOUDTRAIL_DETAIL = /via CloudTrail$/;

/**
 * What a message of the queues asks for: an EventBridge envelope around a CloudTrail record, a shard of a sweep, or a look that was
 * asked for again. Pure. Throws INPUT_INVALID for anything else: such a message is poison, and goes where a person finds it.
 */
export function lookFrom(message: unknown, kinds: readonly KindDeclaration[]): Asked {
  if (!isJsonObject(message)) throw new PlumblineError('INPUT_INVALID', 'a message of the queue is no object');
  if (message['plumbline'] === 'look') return { asks: 'look', look: lookIn(message['look']) };
  if (message['plumbline'] === 'sweep') return { asks: 'sweep' };
  if (message['plumbline'] === 'answer') {
    const account = textOf(message['account']);
    return {
      asks: 'answer',
      ticket: textOf(message['ticket']) ?? '',
      ...(account === undefined ? {} : { account }),
    };
  }
  if (message['plumbline'] === 'search') return { asks: 'search', finding: textOf(message['finding']) ?? '' };
  if (message['plumbline'] === 'watch') return { asks: 'watch', finding: textOf(message['finding']) ?? '' };
  if (message['plumbline'] === 'shard') {
    const shard = shardIn(message['shard']);
    return { asks: 'look', look: { at: { shard }, because: { sweep: shard.sweep } } };
  }
  if (!CLOUDTRAIL_DETAIL.test(textOf(message['detail-type']) ?? ''))
    throw new PlumblineError(
      'INPUT_INVALID',
      'a message of the queue is neither an event of CloudTrail nor one of ours',
    );
  return askedBy(parseEvent(message['detail']), kinds);
}

/** What one event asks for. */
export function askedBy(event: CloudTrailEvent, kinds: readonly KindDeclaration[]): Asked {
  const found = kinds.flatMap((kind) =>
    kind.events.flatMap((declared) =>
      declared.name === event.name && declared.source === event.source ? [{ kind, declared }] : [],
    ),
  );
  const [first] = found;
  if (first === undefined) return { asks: 'nothing', because: `nothing watched is moved by ${event.name}` };
  const named = found.flatMap(({ kind, declared }) => refIn(event, { kind, declared }) ?? []);
  const refs = named.filter(({ kind, id }) =>
    canBe(
      id,
      kinds.find((one) => one.id === kind),
    ),
  );
  if (refs.length < named.length)
    return { asks: 'nothing', because: 'what it names can be the name of nothing that is watched' };
  if (event.error !== undefined) return { asks: 'attempt', event, refs };
  const because = { event, tries: 0 };
  if (refs.length > 0) return { asks: 'look', look: { at: { refs, hint: hintIn(event) }, because } };
  const { kind, declared } = first;
  const region = regionIn(event, { kind, declared });
  // An event that lost its scope may have moved either: the one it came from is looked at, the sweep sees the other.
  return {
    asks: 'look',
    look: { at: { everything: { account: event.account, kind: kind.id, region } }, because },
  };
}

/** Half a character is no text: nothing can bear it as a name. */
const LONE_SURROGATE = /\p{Cs}/u;

function canBe(id: string, kind: KindDeclaration | undefined): boolean {
  return !LONE_SURROGATE.test(id) && (kind?.ids === undefined || kind.ids.test(id));
}

interface Declared {
  readonly kind: KindDeclaration;
  readonly declared: EventDeclaration;
}

function refIn(event: CloudTrailEvent, { kind, declared }: Declared): ResourceRef | undefined {
  if (declared.id === 'any') return undefined;
  const named = declared.id === 'account' ? 'account' : idAt(event, declared);
  const id = named === undefined || named === '' ? idInResources(event, kind) : named;
  if (id === undefined) return undefined;
  return { account: event.account, region: regionIn(event, { kind, declared }), kind: kind.id, id };
}

function idAt(event: CloudTrailEvent, { id, idIn }: EventDeclaration): string | undefined {
  const text = textAt(event, id);
  return idIn === undefined || text === undefined ? text : idIn.exec(text)?.[1];
}

/** Buckets are the one kind whose ARN is its name alone. */
function idInResources({ resources }: CloudTrailEvent, kind: KindDeclaration): string | undefined {
  if (kind.idsAreUnique !== 'everywhere') return undefined;
  const names = resources.flatMap((arn) => /^arn:[\w-]+:s3:::([^/]+)$/.exec(arn)?.[1] ?? []);
  return new Set(names).size === 1 ? names[0] : undefined;
}

function regionIn(event: CloudTrailEvent, { kind, declared }: Declared): string {
  if (kind.regions === 'global') return 'global';
  const { globalWhen } = declared;
  return globalWhen !== undefined && textAt(event, globalWhen.path) === globalWhen.is ? 'global' : event.region;
}

/** What else an event tells of how its resource is found: AWS's own id. */
function hintIn(event: CloudTrailEvent): JsonObject {
  const id = textAt(event, 'requestParameters.id') ?? textAt(event, 'responseElements.summary.id');
  return id === undefined ? {} : { id };
}

function lookIn(value: unknown): Look {
  if (isJsonObject(value) && isAim(value['at']) && isBecause(value['because']))
    return withWho(value as unknown as Look);
  throw new PlumblineError('INPUT_INVALID', 'a look in the queue does not say where to look, or why');
}

/** What was put on the queue before an upgrade does not say everything of who called. */
function withWho({ at, because }: Look): Look {
  return 'event' in because ? { at, because: { ...because, event: eventWithWho(because.event) } } : { at, because };
}

/** The same of an event alone. */
export function eventWithWho(event: CloudTrailEvent): CloudTrailEvent {
  const { actor } = event;
  const { who }: Partial<Actor> = actor;
  return { ...event, actor: { ...actor, who: who ?? { type: 'unknown' } } };
}

function isAim(at: Json | undefined): boolean {
  if (!isJsonObject(at)) return false;
  const { refs, hint, everything, shard } = at;
  if (refs !== undefined) return isListOfRefs(refs) && isJsonObject(hint);
  return everything === undefined ? isShard(shard) : hasTexts(everything, ['account', 'kind', 'region']);
}

function isListOfRefs(refs: Json): boolean {
  if (!Array.isArray(refs) || refs.length === 0) return false;
  return (refs as readonly Json[]).every((ref) => hasTexts(ref, ['account', 'region', 'kind', 'id']));
}

function isBecause(because: Json | undefined): boolean {
  if (!isJsonObject(because)) return false;
  const { event, tries } = because;
  if (event === undefined) return hasTexts(because, ['sweep']) || hasTexts(because, ['again']);
  return isCount(tries) && isEvent(event);
}

/** Is it an event as we put it on our own queues? */
export function isEvent(value: unknown): value is CloudTrailEvent {
  const texts = ['id', 'name', 'source', 'region', 'account', 'at'];
  return hasTexts(value, texts) && isJsonObject(value) && hasTexts(value['actor'], ['type', 'name']);
}

function shardIn(value: unknown): ShardRef {
  if (isShard(value)) {
    const { account, kind, shard, sweep } = value;
    return { account, kind, shard, sweep };
  }
  throw new PlumblineError('INPUT_INVALID', 'a shard in the queue does not say account, kind, sweep and number');
}

function isShard(value: unknown): value is ShardRef {
  return hasTexts(value, ['account', 'kind', 'sweep']) && isJsonObject(value) && isCount(value['shard']);
}

function hasTexts(value: unknown, members: readonly string[]): boolean {
  return isJsonObject(value) && members.every((member) => typeof value[member] === 'string');
}

function isCount(value: Json | undefined): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
