import { PublishCommand, SNSClient, type MessageAttributeValue } from '@aws-sdk/client-sns';
import type { AwsReads } from '#kinds/kind.ts';
import type { Publication, Publisher } from '../ports.ts';

/** The topics by name; one that the service does not have is passed over. */
export type Topics = Readonly<Partial<Record<Publication['topic'], string>>>;

/** Protocols that machines read; every other one gets the text (aws-facts §8: keys are per protocol, not per subscriber). */
const MACHINES = ['sqs', 'lambda', 'https'] as const;

/** SNS takes 256 KB, attributes included (aws-facts §8); what is longer is refused whole, and would be refused for ever. */
const LONGEST_BYTES = 240 * 1024;
/** So much of it may be the values of one attribute: owners are tags, which anybody writes who may tag. */
const LONGEST_LIST_BYTES = 24 * 1024;

/** Publishes to SNS: a text for people and JSON for machines in one message, with attributes to filter by. */
export class SnsPublisher implements Publisher {
  readonly #aws: Pick<AwsReads, 'call'>;
  readonly #topics: Topics;
  readonly #region: string;

  constructor(aws: Pick<AwsReads, 'call'>, { topics, region }: { readonly topics: Topics; readonly region: string }) {
    this.#aws = aws;
    this.#topics = topics;
    this.#region = region;
  }

  async publish({ topic, subject, text, json, attributes }: Publication): Promise<void> {
    const TopicArn = this.#topics[topic];
    if (TopicArn === undefined) return;
    const MessageAttributes = attributesOf(attributes);
    const all = json === undefined ? {} : Object.fromEntries(MACHINES.map((protocol) => [protocol, json]));
    // Whoever made the JSON keeps it short; if not, everybody gets the text: better than nobody anything.
    const isLong = bytesOf({ default: text, ...all }) + bytesOf(MessageAttributes) > LONGEST_BYTES;
    const byProtocol = isLong ? {} : all;
    // A chat client takes its own document and no wrapper.
    const message =
      topic === 'chat'
        ? { Message: text }
        : { Message: JSON.stringify({ default: text, ...byProtocol }), MessageStructure: 'json' };
    const input = { TopicArn, Subject: subject, ...message, MessageAttributes };
    await this.#aws.call({
      client: SNSClient,
      region: this.#region,
      send: (sns) => sns.send(new PublishCommand(input)),
    });
  }
}

/** SNS refuses a whole message for one attribute that is empty, so those are left out. */
function attributesOf(attributes: Publication['attributes']): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([, value]) => value.length > 0)
      .map(([name, value]) => [
        name,
        typeof value === 'string'
          ? { DataType: 'String', StringValue: value }
          : { DataType: 'String.Array', StringValue: JSON.stringify(firstOf(value)) },
      ]),
  );
}

/** As many of the first values as there is room for. */
function firstOf(values: readonly string[]): readonly string[] {
  let room = LONGEST_LIST_BYTES;
  return values.filter((value) => (room -= bytesOf(value)) >= 0);
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
