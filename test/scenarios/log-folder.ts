import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evidenceLayout } from '#core/evidence/log-layout.ts';
import { accessLogLine, dataEvent, requestsOf, type MadeAccount, type Traffic } from '#local/demo/traffic.ts';
import { findLogFiles } from '#local/log-files.ts';
import { PlacedUseLogs, type UsePlace } from '#lambda/use-logs.ts';
import { ACCOUNT } from './scene.ts';

const MADE: Omit<MadeAccount, 'traffic'> = { account: ACCOUNT, canonicalId: 'a'.repeat(64), region: 'us-east-1' };

/** A folder that logs of use are delivered to, as time goes on. */
export class LogFolder {
  readonly #folder = mkdtempSync(join(tmpdir(), 'plumbline-use-'));
  readonly #now: () => Date;
  #files = 0;
  /** How many files each look read. */
  readonly reads: number[] = [];

  constructor(now: () => Date) {
    this.#now = now;
    mkdirSync(join(this.#folder, 'logs'));
  }

  /** A file of a trail with what such traffic makes, or of access logs. */
  delivers(traffic: readonly Traffic[], as: 'data-events' | 'access-log' = 'data-events'): void {
    const account = { ...MADE, traffic };
    this.#files += 1;
    // Another seed for each: two files with the same requests are one.
    const requests = [...requestsOf(account, this.#files)];
    const text =
      as === 'data-events'
        ? JSON.stringify({ Records: requests.map((request) => dataEvent(account, request)) })
        : requests.map((request) => `${accessLogLine(account, request)}\n`).join('');
    const file = join(this.#folder, 'logs', `${this.#files}.${as === 'data-events' ? 'json' : 'log'}`);
    writeFileSync(file, text);
    utimesSync(file, this.#now(), this.#now());
  }

  /** The logs as the service reads them. `unreadable`: a second place that nobody lets it list. */
  logs({ unreadable }: { readonly unreadable?: UsePlace } = {}): PlacedUseLogs {
    const place: UsePlace = {
      name: 's3://example-logs/use',
      find: (asked, buckets) =>
        findLogFiles({ path: join(this.#folder, 'logs'), named: 'use' }, asked, evidenceLayout(buckets)),
    };
    const all = unreadable === undefined ? [place] : [place, unreadable];
    const logs = new PlacedUseLogs(all, { account: ACCOUNT, now: this.#now });
    const read = logs.read.bind(logs);
    logs.read = async (question) => {
      const answer = await read(question);
      this.reads.push(answer.files);
      return answer;
    };
    return logs;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
