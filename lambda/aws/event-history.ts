import {
  CloudTrailClient,
  LookupEventsCommand,
  type LookupAttribute,
  type LookupEventsCommandOutput,
} from '@aws-sdk/client-cloudtrail';
import { PlumblineError } from '#core/errors.ts';
import { parseEvent, type CloudTrailEvent } from '#core/event.ts';
import type { AwsReads } from '#kinds/kind.ts';
import type { EventHistory, HistoryAnswer, HistoryKey, HistoryQuestion } from '../ports.ts';
import { AwsFailure } from './failure.ts';

/** As many as AWS gives in a page. */
const A_PAGE = 50;

/** At two pages a second, ten seconds; a thousand events of one name or one session say enough, and whoever needs more says so. */
const MOST_PAGES = 20;

/**
 * The event history of one account, in each region. Calls of one `AwsReads` share each region's quota: whoever asks much in one process
 * makes one of these and passes it on.
 */
export class CloudTrailHistory implements EventHistory {
  readonly #aws: Pick<AwsReads, 'call'>;

  constructor(aws: Pick<AwsReads, 'call'>) {
    this.#aws = aws;
  }

  async find(question: HistoryQuestion): Promise<HistoryAnswer> {
    const { mostPages = MOST_PAGES } = question;
    const found = new Found(question);
    let token: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      try {
        const { Events = [], NextToken } = await this.#page(question, token);
        for (const { CloudTrailEvent: text } of Events) found.take(text);
        token = NextToken;
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error;
        return found.answer(error.code);
      }
      if (token === undefined || token === '') return found.answer();
    }
    return found.answer(`cut after ${mostPages} ${mostPages === 1 ? 'page' : 'pages'}`);
  }

  #page({ region, by, from, to }: HistoryQuestion, token: string | undefined): Promise<LookupEventsCommandOutput> {
    const input = {
      LookupAttributes: [attributeOf(by)],
      StartTime: new Date(from),
      EndTime: new Date(to),
      MaxResults: A_PAGE,
      ...(token === undefined ? {} : { NextToken: token }),
    };
    return this.#aws.call({
      client: CloudTrailClient,
      region,
      quota: 'LookupEvents',
      send: (cloudTrail) => cloudTrail.send(new LookupEventsCommand(input)),
    });
  }
}

function attributeOf(by: HistoryKey): LookupAttribute {
  if ('name' in by) return { AttributeKey: 'EventName', AttributeValue: by.name };
  if ('userName' in by) return { AttributeKey: 'Username', AttributeValue: by.userName };
  if ('accessKey' in by) return { AttributeKey: 'AccessKeyId', AttributeValue: by.accessKey };
  return { AttributeKey: 'ResourceName', AttributeValue: by.resource };
}

/** What has come in by now. */
class Found {
  readonly #events = new Map<string, CloudTrailEvent>();
  readonly #from: number;
  readonly #to: number;
  #unreadable = 0;

  constructor({ from, to }: Pick<HistoryQuestion, 'from' | 'to'>) {
    this.#from = Date.parse(from);
    this.#to = Date.parse(to);
  }

  take(text: string | undefined): void {
    const event = eventIn(text);
    if (event === undefined) this.#unreadable += 1;
    else if (this.#isAskedFor(event)) this.#events.set(event.id, event);
  }

  /** AWS counts whole seconds, and takes both ends in. */
  #isAskedFor({ at }: CloudTrailEvent): boolean {
    const time = Date.parse(at);
    return time >= this.#from && time < this.#to;
  }

  answer(why?: string): HistoryAnswer {
    return {
      events: [...this.#events.values()].sort(byTime),
      isWhole: why === undefined,
      ...(why === undefined ? {} : { why }),
      unreadable: this.#unreadable,
    };
  }
}

/** The whole record is a text in the answer; undefined where it is none. */
function eventIn(text: string | undefined): CloudTrailEvent | undefined {
  try {
    return parseEvent(JSON.parse(text ?? ''));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof PlumblineError) return undefined;
    throw error;
  }
}

/** What happened in one second stands by its id, so that the same events give the same list. */
function byTime(one: CloudTrailEvent, other: CloudTrailEvent): number {
  if (one.at !== other.at) return one.at < other.at ? -1 : 1;
  return one.id < other.id ? -1 : 1;
}
