import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PlumblineError } from '#core/errors.ts';
import type { OwnMessage } from '#core/look.ts';
import type { AwsReads } from '#kinds/kind.ts';
import type { Asking } from '../ports.ts';

/** Messages a call. */
const A_CALL = 10;
/** Bytes a call: what every queue takes, however large SQS lets messages be by now. One event may be as large (aws-facts §4.3). */
const A_CALL_BYTES = 256 * 1024;
/** The longest that SQS keeps a message back (aws-facts §13). */
const LONGEST_DELAY_S = 900;

/** The addresses of the service's queues. */
export interface Queues {
  readonly changes: string;
  readonly sweeps: string;
  readonly nudges: string;
  readonly own: string;
  /** Of findings about which logs of use are read; none where no logs are. */
  readonly uses?: string;
}

/** Asks for looks over two queues, and more for what is no look: what a sweep asks for never stands before an event. */
export class SqsAsking implements Asking {
  readonly #aws: Pick<AwsReads, 'call'>;
  readonly #queues: Queues;
  readonly #region: string;

  constructor(aws: Pick<AwsReads, 'call'>, { queues, region }: { readonly queues: Queues; readonly region: string }) {
    this.#aws = aws;
    this.#queues = queues;
    this.#region = region;
  }

  /** Wakes the teller now, without waiting for its minute. */
  async wake(): Promise<void> {
    const message = { QueueUrl: this.#queues.nudges, MessageBody: '{"plumbline":"nudge"}' };
    await this.#aws.call({
      client: SQSClient,
      region: this.#region,
      send: (sqs) => sqs.send(new SendMessageCommand(message)),
    });
  }

  async ask(messages: readonly OwnMessage[], afterSeconds = 0): Promise<void> {
    const { sweeps, changes, own, uses } = this.#queues;
    for (const queue of [sweeps, changes, own, ...(uses === undefined ? [] : [uses])])
      await this.#send(
        queue,
        messages.filter((message) => this.#queueOf(message) === queue),
        afterSeconds,
      );
  }

  #queueOf({ plumbline }: OwnMessage): string {
    if (plumbline === 'look') return this.#queues.changes;
    const { own, sweeps, uses } = this.#queues;
    if (plumbline === 'watch') return uses ?? sweeps;
    return plumbline === 'own' ? own : sweeps;
  }

  async #send(QueueUrl: string, messages: readonly OwnMessage[], afterSeconds: number): Promise<void> {
    const DelaySeconds = Math.min(afterSeconds, LONGEST_DELAY_S);
    for (const bodies of callsOf(messages.map((message) => JSON.stringify(message)))) {
      const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody, DelaySeconds }));
      const { Failed = [] } = await this.#aws.call({
        client: SQSClient,
        region: this.#region,
        send: (sqs) => sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
      });
      const [first] = Failed;
      if (first !== undefined)
        throw new PlumblineError(
          'AWS_REFUSED',
          `${Failed.length} of ${Entries.length} looks could not be put on the queue (${first.Code ?? 'Unknown'}): they are asked for again`,
        );
    }
  }
}

/** Deals messages out into calls, in order: as many as fit, and one that alone is too large alone. */
function callsOf(bodies: readonly string[]): readonly (readonly string[])[] {
  const calls: string[][] = [];
  let filled = 0;
  for (const body of bodies) {
    const bytes = Buffer.byteLength(body);
    const last = calls.at(-1);
    if (last !== undefined && last.length < A_CALL && filled + bytes <= A_CALL_BYTES) {
      last.push(body);
      filled += bytes;
    } else {
      calls.push([body]);
      filled = bytes;
    }
  }
  return calls;
}
