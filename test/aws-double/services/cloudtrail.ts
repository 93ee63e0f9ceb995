import { Refused, type Service } from '../request.ts';
import type { World } from '../world.ts';
import { jsonService, type Input } from './json.ts';

/** A record of CloudTrail, as far as LookupEvents looks at it. */
interface Recorded {
  readonly eventID?: string;
  readonly eventName?: string;
  readonly eventSource?: string;
  readonly eventTime?: string;
  readonly readOnly?: boolean;
  readonly userIdentity?: { readonly userName?: string; readonly arn?: string; readonly accessKeyId?: string };
  readonly requestParameters?: { readonly bucketName?: string; readonly name?: string } | null;
  readonly resources?: readonly { readonly ARN?: string }[];
}

const MOST_RESULTS = 50;
const A_SECOND = 1000;

/** How often each account and region was asked: times of the calls, whether they were answered or not. */
export class LookupRate {
  readonly #times = new Map<string, number[]>();

  /** Notes a call, and gives how many there were in the second that ends with it. */
  note(place: string): number {
    const now = Date.now();
    const times = [...(this.#times.get(place) ?? []), now];
    this.#times.set(place, times);
    return times.filter((time) => time > now - A_SECOND).length;
  }

  /** By account and region: the most calls in any one second. */
  get most(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.#times].map(([place, times]) => [
        place,
        Math.max(...times.map((end) => times.filter((time) => time <= end && time > end - A_SECOND).length)),
      ]),
    );
  }

  forget(): void {
    this.#times.clear();
  }
}

/** Event history (aws-facts §4.6): one region, at most one attribute, the newest first, 50 a page, so many calls a second. */
export function cloudtrail(world: () => World, rate: { readonly of: LookupRate; perSecond: () => number }): Service {
  return jsonService('CloudTrail_20131101', (operation, input, { region }) => {
    if (operation !== 'LookupEvents') throw new Refused('UnknownOperationException', 400);
    if (rate.of.note(`${world().account}/${region}`) > rate.perSecond())
      throw new Refused('ThrottlingException', 400, 'Rate exceeded');
    return lookup((world().events?.[region] ?? []) as readonly Recorded[], input);
  });
}

function lookup(records: readonly Recorded[], input: Input): Input {
  const attributes = (input['LookupAttributes'] ?? []) as { AttributeKey: string; AttributeValue: string }[];
  if (attributes.length > 1) throw new Refused('InvalidLookupAttributesException', 400);
  const most = Number(input['MaxResults'] ?? MOST_RESULTS);
  if (most < 1 || most > MOST_RESULTS) throw new Refused('InvalidMaxResultsException', 400);
  // Whole seconds, both ends among them.
  const from = Math.floor(Number(input['StartTime'] ?? 0));
  const to = Math.floor(Number(input['EndTime'] ?? Number.MAX_SAFE_INTEGER));
  if (from > to) throw new Refused('InvalidTimeRangeException', 400);
  const found = records
    .filter((record) => secondsOf(record) >= from && secondsOf(record) <= to)
    .filter((record) => attributes.every((one) => attributeOf(record, one.AttributeKey).includes(one.AttributeValue)))
    .sort((one, other) => secondsOf(other) - secondsOf(one));
  const start = startOf(input);
  return {
    Events: found.slice(start, start + most).map(eventOf),
    ...(start + most < found.length ? { NextToken: `${start + most} ${questionOf(input)}` } : {}),
  };
}

/** A token goes on with its own question, and with no other. */
function startOf(input: Input): number {
  const token = input['NextToken'] as string | undefined;
  if (token === undefined) return 0;
  const [start = '', ...question] = token.split(' ');
  if (question.join(' ') !== questionOf(input)) throw new Refused('InvalidNextTokenException', 400);
  return Number(start);
}

function questionOf({ LookupAttributes, StartTime, EndTime }: Input): string {
  return JSON.stringify([LookupAttributes, StartTime, EndTime]);
}

function secondsOf({ eventTime = '' }: Recorded): number {
  return Math.floor(new Date(eventTime).getTime() / A_SECOND);
}

/** The user, or the session of a role. */
function userOf({ userIdentity }: Recorded): string {
  return userIdentity?.userName ?? userIdentity?.arn?.split('/').at(-1) ?? '';
}

function attributeOf(record: Recorded, key: string): readonly string[] {
  const { eventID, eventName, eventSource, readOnly, requestParameters, resources, userIdentity } = record;
  const values: Readonly<Record<string, readonly (string | undefined)[]>> = {
    EventId: [eventID],
    EventName: [eventName],
    EventSource: [eventSource],
    ReadOnly: [String(readOnly ?? false)],
    Username: [userOf(record)],
    AccessKeyId: [userIdentity?.accessKeyId],
    ResourceName: [requestParameters?.bucketName, requestParameters?.name, ...(resources ?? []).map(({ ARN }) => ARN)],
  };
  const own = values[key];
  if (own === undefined) throw new Refused('InvalidLookupAttributesException', 400);
  return own.flatMap((value) => value ?? []);
}

/** `CloudTrailEvent` is the record as a text; what is no record at all is given as it lies there. */
function eventOf(record: Recorded): Input {
  return {
    EventId: record.eventID,
    EventName: record.eventName,
    EventSource: record.eventSource,
    EventTime: secondsOf(record),
    Username: userOf(record),
    ReadOnly: String(record.readOnly ?? false),
    Resources: attributeOf(record, 'ResourceName').map((ResourceName) => ({ ResourceName })),
    CloudTrailEvent: JSON.stringify(record),
  };
}
