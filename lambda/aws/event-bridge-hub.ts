import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PlumblineError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import type { AwsReads } from '#kinds/kind.ts';
import type { HubBus } from '../ports.ts';
import { HUB } from '../service-names.ts';

/** The hub's bus, in whatever account and region: a fresh event, since forwarded ones go no further (aws-facts §13). */
export class EventBridgeHub implements HubBus {
  readonly #aws: Pick<AwsReads, 'call'>;
  readonly #bus: string;

  /** `bus`: its ARN. */
  constructor(aws: Pick<AwsReads, 'call'>, bus: string) {
    this.#aws = aws;
    this.#bus = bus;
  }

  async put(news: Json): Promise<void> {
    const entry = {
      EventBusName: this.#bus,
      Source: HUB.source,
      DetailType: HUB.detailType,
      Detail: JSON.stringify(news),
    };
    const { Entries = [] } = await this.#aws.call({
      client: EventBridgeClient,
      // The region of a bus is the fourth part of its ARN; it is put there, and not here.
      region: this.#bus.split(':')[3] ?? '',
      send: (events) => events.send(new PutEventsCommand({ Entries: [entry] })),
    });
    const [one] = Entries;
    if (one?.ErrorCode !== undefined)
      throw new PlumblineError(
        'AWS_REFUSED',
        `the hub's bus did not take an alert (${one.ErrorCode}): it is put again each minute`,
      );
  }
}
