/**
 * One faithful AWS on loopback, a process of its own, for what the API server gets wrong or cannot do: paging with regions, policy
 * status, ACL masking, public access that is really blocked (enforcement.ts), latency, SlowDown, refusals, and counters of what was asked. It speaks the wire protocols; it imports
 * nothing of the product. `node … main.ts` prints its port as JSON on the first line.
 *
 *   PUT  /_double/world    what the account holds (world.ts)
 *   PUT  /_double/faults   how it misbehaves
 *   GET  /_double/calls    how often each operation was called since the last DELETE, how many were under way at most, as what
 *                          roles' sessions (a DELETE ends them), from when to when each account was asked, the most questions to the event
 *                          history in a second, and the processor time that it took the double
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { RoleSessions } from './role-sessions.ts';
import { callOf, Refused, type Answer, type Call, type Service } from './request.ts';
import { cloudfront } from './services/cloudfront.ts';
import { cloudtrail, LookupRate } from './services/cloudtrail.ts';
import { organizations, tagging } from './services/json.ts';
import { wafv2 } from './services/waf.ts';
import { sqs } from './services/queues.ts';
import { dynamodb } from './services/tables.ts';
import { cloudformation, ec2, sts } from './services/query.ts';
import { s3, s3Control } from './services/s3.ts';
import { s3Website } from './services/s3-website.ts';
import { emptyWorld, noFaults, type Faults, type Loss, type World } from './world.ts';

let world = emptyWorld();
/** The account that the call under way is about: `serve` is one step, so there is only one. */
let current = world;
const sessions = new RoleSessions();
let faults = noFaults();
let random = seeded(faults.seed);
let second = { number: 0, calls: 0 };
const lookups = new LookupRate();
/** By account: when the first call came as a role there, and when the last was answered. */
let spans: Record<string, { from: number; to: number }> = {};
let processorAt = process.cpuUsage();
const counters = { calls: {} as Record<string, number>, refused: 0, slowedDown: 0, underWay: 0, mostUnderWay: 0 };

const services: Record<string, Service> = {
  s3: s3(() => current),
  's3-control': s3Control(() => current),
  's3-website': s3Website(() => current),
  sts: sts(() => current, sessions),
  ec2: ec2(() => current),
  cloudformation: cloudformation(() => current),
  wafv2: wafv2(() => current),
  cloudfront: cloudfront(() => current),
  tagging: tagging(() => current),
  cloudtrail: cloudtrail(() => current, { of: lookups, perSecond: () => faults.lookupsPerSecond }),
  organizations: organizations(() => current),
  dynamodb: dynamodb(() => current),
  sqs: sqs(),
};

/** A small generator, so that a run with random refusals can be repeated (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function control(path: string, method: string, body: string): Answer {
  if (path === '/_double/world') world = JSON.parse(body) as World;
  else if (path === '/_double/faults') {
    faults = { ...noFaults(), ...(JSON.parse(body) as Partial<Faults>) };
    random = seeded(faults.seed);
  } else if (method === 'DELETE') {
    Object.assign(counters, { calls: {}, refused: 0, slowedDown: 0, mostUnderWay: 0 });
    sessions.forget();
    lookups.forget();
    spans = {};
    processorAt = process.cpuUsage();
  }
  const { user, system } = process.cpuUsage(processorAt);
  const told = {
    ...counters,
    processorMs: (user + system) / 1000,
    sessions: sessions.arns,
    spans,
    mostLookups: lookups.most,
  };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(told) };
}

/** Throws the refusal that the faults have for this call, if any. */
function misbehave(service: string, { operation, of }: { operation: string; of: string }): void {
  if (service === 's3' && isTooFast()) throw new Refused('SlowDown', 503, 'Please reduce your request rate.');
  const refusal = nextOf(faults.refuse, { operation, of });
  if (refusal) throw new Refused(refusal.code, refusal.status, refusal.message);
}

/** The rule for this call, if one is left; it counts. */
function nextOf<R extends { call: string; of?: string; after?: number; times?: number }>(
  rules: readonly R[],
  { operation, of }: { operation: string; of: string },
): R | undefined {
  const rule = rules.find((one) => one.call === operation && (one.of ?? of) === of && one.times !== 0);
  if (rule?.after !== undefined && rule.after > 0) {
    rule.after -= 1;
    return undefined;
  }
  if (rule?.times !== undefined) rule.times -= 1;
  return rule;
}

function isTooFast(): boolean {
  const now = Math.floor(Date.now() / 1000);
  second = now === second.number ? { number: now, calls: second.calls + 1 } : { number: now, calls: 1 };
  return second.calls > (faults.slowDownAbovePerSecond ?? Infinity) || random() < faults.slowDownChance;
}

function serve(call: Call): { readonly answer: Answer; readonly loss?: Loss | undefined } {
  const service = services[call.service];
  if (!service) return { answer: { status: 501, body: `the double has no service ${call.service}` } };
  const name = service.nameOf(call);
  const account = sessions.of(call.accessKey)?.account;
  current = (account === undefined ? undefined : world.members?.[account]) ?? world;
  counters.calls[name.operation] = (counters.calls[name.operation] ?? 0) + 1;
  try {
    misbehave(call.service, name);
    return { answer: service.answer(call), loss: nextOf(faults.lose, name) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    counters.refused += 1;
    if (error.code === 'SlowDown') counters.slowedDown += 1;
    return { answer: service.refuse(error) };
  }
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request);
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  if (path.startsWith('/_double/')) {
    send(response, control(path, request.method ?? 'GET', body.toString('utf8')));
    return;
  }
  counters.underWay += 1;
  counters.mostUnderWay = Math.max(counters.mostUnderWay, counters.underWay);
  const call = callOf(request, body);
  const account = sessions.of(call.accessKey)?.account;
  const { answer, loss } = serve(call);
  const span = account === undefined ? undefined : (spans[account] ??= { from: Date.now(), to: 0 });
  if (faults.latencyMs > 0) await wait(faults.latencyMs);
  counters.underWay -= 1;
  if (span !== undefined) span.to = Date.now();
  if (loss === undefined) send(response, request.method === 'HEAD' ? { ...answer, body: '' } : answer);
  else if (loss.halfway === true) sendHalf(response, answer);
  else response.destroy();
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { 'x-amz-request-id': 'double', ...headers });
  response.end(body);
}

/** Announces the whole body, and ends the connection in the middle of it. */
function sendHalf(response: ServerResponse, { status, headers, body = '' }: Answer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'x-amz-request-id': 'double', ...headers, 'content-length': bytes.length });
  response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    response.writeHead(500);
    response.end(String(error));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`),
);
// It lives as long as who started it: when that process ends, standard input does.
process.stdin.on('end', () => process.exit(0)).resume();
