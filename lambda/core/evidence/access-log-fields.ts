/** The fields of a line of an access log that anything here needs, as they stand in it: `-` where S3 had nothing to say. */
export interface AccessLogFields {
  readonly owner: string;
  readonly bucket: string;
  /** `06/Feb/2019:00:00:38 +0000`. */
  readonly time: string;
  readonly address: string;
  readonly requester: string;
  readonly operation: string;
  readonly hasKey: boolean;
  /** `PUT /bucket/key?x-amz-acl=private HTTP/1.1`. */
  readonly uri: string;
  readonly status: string;
  readonly error: string;
  readonly agent: string;
  /** Those that came later are undefined in a format that has them not (aws-facts §5.2). */
  readonly signature: string | undefined;
  readonly auth: string | undefined;
  readonly aclRequired: string | undefined;
}

/** Why a line is none, in words that follow "a line cannot be read:". */
export interface NoLine {
  readonly problem: string;
}

type Beginning = Pick<AccessLogFields, 'owner' | 'bucket' | 'time' | 'address' | 'requester' | 'operation'>;
type Request = Pick<AccessLogFields, 'hasKey' | 'uri' | 'status' | 'error'>;
type Ending = Pick<AccessLogFields, 'agent' | 'signature' | 'auth' | 'aclRequired'>;

/** What was found, and where to go on. */
type Found<T> = T & { readonly next: number };

/**
 * Finds the fields of one line, without the end of line. What a client sent stands in it as it came, quotes and all (UG:LogFormat): so the request ends
 * where a status and its sizes follow, and the user agent at the last quote that has the end of a line behind it, which no client can write.
 * Fields that are appended are passed over.
 */
export function fieldsOf(written: string): AccessLogFields | NoLine {
  const line = written.endsWith('\r') ? written.slice(0, -1) : written;
  const beginning = beginningOf(line);
  if ('problem' in beginning) return beginning;
  const request = requestFrom(line, beginning.next);
  if (request === undefined) return { problem: 'its request and status cannot be found' };
  const ending = endingFrom(line, request.next);
  if (ending === undefined) return { problem: 'its user agent cannot be found' };
  return { ...beginning, ...request, ...ending };
}

/** What follows the first word of the one requester with blanks in its name: an origin access identity of CloudFront. */
const IDENTITY = ' Origin Access Identity ';

function beginningOf(line: string): Found<Beginning> | NoLine {
  const bucketAt = line.indexOf(' ') + 1;
  const timeAt = line.indexOf(' ', bucketAt) + 1;
  const timeEnd = line.indexOf('] ', timeAt);
  if (bucketAt === 0 || timeAt === 0 || timeEnd === -1 || line[timeAt] !== '[')
    return { problem: 'it has no time in brackets' };
  const addressAt = timeEnd + 2;
  const requesterAt = line.indexOf(' ', addressAt) + 1;
  const idAt = requesterAt === 0 ? 0 : requesterEnd(line, requesterAt) + 1;
  const operationAt = idAt === 0 ? 0 : line.indexOf(' ', idAt) + 1;
  const end = operationAt === 0 ? -1 : line.indexOf(' ', operationAt);
  if (end === -1) return { problem: 'it ends before its operation' };
  return {
    owner: line.slice(0, bucketAt - 1),
    bucket: line.slice(bucketAt, timeAt - 1),
    time: line.slice(timeAt + 1, timeEnd),
    address: line.slice(addressAt, requesterAt - 1),
    requester: line.slice(requesterAt, idAt - 1),
    operation: line.slice(operationAt, end),
    next: end + 1,
  };
}

/** Where the requester that begins there ends; -1 where the line ends before. */
export function requesterEnd(line: string, from: number): number {
  const end = line.indexOf(' ', from);
  return line.startsWith(IDENTITY, end) ? line.indexOf(' ', end + IDENTITY.length) : end;
}

/** Status, error code, bytes sent, object size, total time, turn-around time. */
const OUTCOME = /(\d{3}|-) ([^ ]+) (?:(?:\d+|-) ){4}/y;

function outcomeAt(line: string, at: number): Found<Pick<Request, 'status' | 'error'>> | undefined {
  OUTCOME.lastIndex = at;
  const found = OUTCOME.exec(line);
  return found === null ? undefined : { status: found[1] ?? '', error: found[2] ?? '', next: OUTCOME.lastIndex };
}

/** The key, the request and what came of it. Keys may hold blanks and quotes; what follows the key begins with a quote, or is bare. */
function requestFrom(line: string, from: number): Found<Request> | undefined {
  const bare = bareRequest(line, from);
  if (bare !== undefined) return bare;
  const uriAt = line.indexOf(' "', from) + 2;
  if (uriAt === 1) return undefined;
  for (let end = line.indexOf('" ', uriAt); end !== -1; end = line.indexOf('" ', end + 1)) {
    const outcome = outcomeAt(line, end + 2);
    if (outcome === undefined) continue;
    const { status, error, next } = outcome;
    return { hasKey: hasKeyAt(line, from), uri: line.slice(uriAt, end), status, error, next };
  }
  return undefined;
}

/** Where S3 did something by itself, there was no request. */
function bareRequest(line: string, from: number): Found<Request> | undefined {
  const end = line.indexOf(' ', from);
  if (end === -1 || !line.startsWith(' - ', end)) return undefined;
  const outcome = outcomeAt(line, end + 3);
  return outcome === undefined ? undefined : { hasKey: hasKeyAt(line, from), uri: '-', ...outcome };
}

function hasKeyAt(line: string, from: number): boolean {
  return !line.startsWith('- ', from);
}

/**
 * What stands behind the user agent, to the end: the version; since 2019 host id, signature version, cipher, kind of authentication and host; then,
 * one by one, TLS version, access point, aclRequired; and whatever is to come.
 */
const BEHIND = / [^ ]+(?: [^ ]+ (-|SigV\w*) [^ ]+ (-|\w+) [^ ]+(?: [^ ]+(?: [^ ]+(?: ([^ ]+)(?: [^]*)?)?)?)?)? *$/y;

function endingFrom(line: string, from: number): Ending | undefined {
  if (line.startsWith('- - ', from)) return behind(line, from + 3, '-');
  for (let quote = line.lastIndexOf('"'); quote > from; quote = line.lastIndexOf('"', quote - 1)) {
    const ending = behind(line, quote + 1, undefined) ?? bareAgent(line, quote);
    if (ending !== undefined) return ending.agent === '-' ? ending : { ...ending, agent: agentUpTo(line, from, quote) };
  }
  return undefined;
}

/** Behind the referer, in quotes, a user agent without. */
function bareAgent(line: string, quote: number): Ending | undefined {
  return line.startsWith(' - ', quote + 1) ? behind(line, quote + 3, '-') : undefined;
}

function behind(line: string, at: number, agent: string | undefined): Ending | undefined {
  BEHIND.lastIndex = at;
  const found = BEHIND.exec(line);
  if (found === null) return undefined;
  return { agent: agent ?? '', signature: found[1], auth: found[2], aclRequired: found[3] };
}

const BETWEEN = '" "';

/** The user agent that ends at a quote: behind the referer, which stands at `from`. */
function agentUpTo(line: string, from: number, quote: number): string {
  if (line[from] !== '"') return line.slice(line.indexOf('"', from) + 1, quote);
  const between = line.lastIndexOf(BETWEEN, quote - 1);
  return between < from ? '-' : line.slice(between + BETWEEN.length, quote);
}
