import { randomUUID } from 'node:crypto';
import type { Json } from '#core/json.ts';
import { announceHubAlert } from '#lambda/hub-announce.ts';
import { collectNews } from '#lambda/hub-inbox.ts';
import type { HubNews } from '#lambda/hub-news.ts';
import { hubRound } from '#lambda/hub-round.ts';
import type { Publication } from '#lambda/ports.ts';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';

export const HUB_ACCOUNT = '999988887777';
const MINUTE = 60_000;

/** News as EventBridge brings them: the account is the envelope's. */
export function envelope(account: string, news: unknown): object {
  return {
    version: '0',
    id: randomUUID(),
    source: 'plumbline',
    'detail-type': 'Plumbline Alert',
    account,
    region: 'us-east-1',
    detail: news,
  };
}

/** The hub, and the time: everything runs in process. */
export class HubScene {
  readonly published: Publication[] = [];
  readonly documents = new MemoryDocuments();
  readonly ledger = new DocumentsLedger(this.documents);
  /** SNS refuses everything. */
  isRefused = false;
  #time: number;

  constructor(start: string) {
    this.#time = Date.parse(start);
  }

  readonly now = (): Date => new Date(this.#time);

  /** One member says something; the same message may come again. Returns how many are due. */
  async hears(account: string, news: HubNews | Json): Promise<number> {
    return (await collectNews(JSON.parse(JSON.stringify(envelope(account, news))), this)).due;
  }

  async minutes(count: number): Promise<void> {
    for (let minute = 0; minute < count; minute += 1) {
      this.#time += MINUTE;
      await this.round();
    }
  }

  async round(): Promise<readonly string[]> {
    const { failed } = await hubRound({
      account: HUB_ACCOUNT,
      ledger: this.ledger,
      now: this.now,
      run: randomUUID(),
      announce: (subject) =>
        announceHubAlert(subject, {
          account: HUB_ACCOUNT,
          documents: this.documents,
          ledger: this.ledger,
          publisher: { publish: (publication) => this.#publish(publication) },
          timeZone: 'UTC',
          chat: true,
          warn: () => undefined,
        }),
    });
    return failed.map(({ why }) => why);
  }

  get mails(): readonly Publication[] {
    return this.published.filter(({ topic }) => topic === 'alerts');
  }

  get subjects(): readonly string[] {
    return this.mails.map(({ subject }) => subject);
  }

  async #publish(publication: Publication): Promise<void> {
    if (this.isRefused) throw new Error('SNS is down');
    const { subject, text, json, attributes } = publication;
    const body = json === undefined ? text : JSON.stringify({ default: text, sqs: json, lambda: json, https: json });
    if (Buffer.byteLength(body) + Buffer.byteLength(JSON.stringify(attributes)) > 256 * 1024)
      throw new Error('InvalidParameter: the message is too long');
    if (!/^[\x20-\x7e]{1,99}$/.test(subject)) throw new Error(`InvalidParameter: Subject ${subject}`);
    this.published.push(publication);
  }
}
