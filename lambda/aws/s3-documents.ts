import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import { PlumblineError } from '#core/errors.ts';
import { codeOf, type AwsReads } from '#kinds/kind.ts';
import type { Document, Documents, WriteOutcome } from '../ports.ts';
import { AwsFailure, failureOf } from './failure.ts';
import { S3Bucket, type S3Place } from './s3-bucket.ts';

/** The condition does not hold: there is something already, something else, or nothing any more. */
const UNMET: ReadonlySet<string> = new Set(['PreconditionFailed', 'NoSuchKey']);

/** Somebody is writing the same key at this moment (aws-facts §13). */
const UNDER_WAY: ReadonlySet<string> = new Set(['ConditionalRequestConflict', 'OperationAborted']);

/** A key under which nothing is ever written, and a version that nothing ever has: a write of it asks for the right alone. */
const PROBED = { key: 'snapshots/probe', version: `"${'0'.repeat(32)}"` } as const;

/**
 * Documents in an S3 bucket. Conditional writes are the service's own, so there is no lock, and a document's version is its ETag. No
 * call names the bucket's expected owner: the store may be another account's, and a person has named it.
 */
export class S3Documents implements Documents {
  readonly place: string;
  readonly #bucket: S3Bucket;

  /** The bucket's region is asked of S3, unless it is known. */
  constructor(aws: Pick<AwsReads, 'call'>, place: S3Place, region?: string) {
    this.#bucket = new S3Bucket(aws, place, region);
    this.place = this.#bucket.place;
  }

  async read(key: string): Promise<Document | undefined> {
    try {
      // The body is read inside the call, so that an answer that is cut short is asked for again.
      return await this.#bucket.send(async (s3) => {
        const { Body, ETag = '' } = await s3.send(new GetObjectCommand(this.#at(key)));
        return { body: (await Body?.transformToByteArray()) ?? new Uint8Array(), version: ETag };
      });
    } catch (error) {
      if (codeOf(error) === 'NoSuchKey') return undefined;
      throw this.#bucket.explained(error, 'read', key);
    }
  }

  create(key: string, body: Uint8Array): Promise<WriteOutcome> {
    return this.#write(key, body, { IfNoneMatch: '*' });
  }

  replace(key: string, body: Uint8Array, version: string): Promise<WriteOutcome> {
    return this.#write(key, body, { IfMatch: version });
  }

  async list(prefix: string): Promise<readonly string[]> {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const more = token === undefined ? {} : { ContinuationToken: token };
      const page: ListObjectsV2CommandOutput = await this.#page(prefix, more);
      // What ends in a slash is a folder that somebody made in the console.
      for (const { Key = '' } of page.Contents ?? [])
        if (!Key.endsWith('/')) keys.push(Key.slice(this.#bucket.folder.length));
      token = page.NextContinuationToken;
    } while (token !== undefined && token !== '');
    return keys.sort();
  }

  /** Can it be listed, read and written, and does it heed conditions? Leaves nothing behind; throws what is wrong, with the mend. */
  async probe(): Promise<void> {
    await this.#page('', { MaxKeys: 1 });
    await this.read(PROBED.key);
    if ((await this.replace(PROBED.key, new Uint8Array(), PROBED.version)) === 'conflict') return;
    throw new PlumblineError(
      'STORE_UNWRITABLE',
      `${this.place} does not heed If-Match, so that two who accept at once would overwrite each other: use a bucket of AWS's own S3`,
    );
  }

  async #write(
    key: string,
    body: Uint8Array,
    condition: { readonly IfNoneMatch: '*' } | { readonly IfMatch: string },
  ): Promise<WriteOutcome> {
    let isAnswerLost = false;
    try {
      await this.#bucket.send(async (s3) => {
        try {
          await s3.send(new PutObjectCommand({ ...this.#at(key), Body: body, ...condition }));
        } catch (error) {
          const failure = failureOf(error);
          isAnswerLost ||= failure.kind === 'transient';
          // The write that is under way may be our own, whose answer was lost: the next try tells.
          throw isAnswerLost && UNDER_WAY.has(failure.code) ? worthAnotherTry(failure) : failure;
        }
      });
      return 'written';
    } catch (error) {
      const code = codeOf(error);
      if (!UNMET.has(code) && !UNDER_WAY.has(code)) throw this.#bucket.explained(error, 'write', key);
      // A write whose answer was lost is tried again, and then stands in its own way.
      return isAnswerLost && (await this.#holds(key, body)) ? 'written' : 'conflict';
    }
  }

  async #holds(key: string, body: Uint8Array): Promise<boolean> {
    const there = await this.read(key);
    return there !== undefined && Buffer.from(there.body).equals(body);
  }

  async #page(
    prefix: string,
    more: { readonly ContinuationToken?: string; readonly MaxKeys?: number },
  ): Promise<ListObjectsV2CommandOutput> {
    const input = { Bucket: this.#bucket.name, Prefix: `${this.#bucket.folder}${prefix}`, ...more };
    try {
      return await this.#bucket.send((s3) => s3.send(new ListObjectsV2Command(input)));
    } catch (error) {
      throw this.#bucket.explained(error, 'list', prefix);
    }
  }

  #at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket.name, Key: `${this.#bucket.folder}${key}` };
  }
}

function worthAnotherTry(failure: AwsFailure): AwsFailure {
  return new AwsFailure(failure.code, 'transient', { message: failure.message, cause: failure });
}
