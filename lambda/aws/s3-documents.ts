import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import { PlumblineError } from '#core/errors.ts';
import { regionOfBucket } from '#kinds/bucket-region.ts';
import { codeOf, type AwsReads } from '#kinds/kind.ts';
import type { Document, Documents, WriteOutcome } from '../ports.ts';
import { AwsFailure, failureOf } from './failure.ts';

/** The condition does not hold: there is something already, something else, or nothing any more. */
const UNMET: ReadonlySet<string> = new Set(['PreconditionFailed', 'NoSuchKey']);

/** Somebody is writing the same key at this moment (aws-facts §13). */
const UNDER_WAY: ReadonlySet<string> = new Set(['ConditionalRequestConflict', 'OperationAborted']);

/** A key under which nothing is ever written, and a version that nothing ever has: a write of it asks for the right alone. */
const PROBED = { key: 'snapshots/probe', version: `"${'0'.repeat(32)}"` } as const;

/** A bucket, and where in it. */
export interface S3Place {
  readonly bucket: string;
  /** Neither begins nor ends with a slash; empty for the bucket itself. */
  readonly prefix: string;
}

type Doing = 'find' | 'list' | 'read' | 'write';

/** What each needs to be allowed, where S3 does not name it itself. A conditional replacement needs the right to read, too. */
const NEEDS: Readonly<Record<Doing, string>> = {
  find: 's3:ListBucket',
  list: 's3:ListBucket',
  read: 's3:GetObject on it and s3:ListBucket on the bucket',
  write: 's3:PutObject and s3:GetObject',
};

/**
 * Documents in an S3 bucket. Conditional writes are the service's own, so there is no lock, and a document's version is its ETag. No
 * call names the bucket's expected owner: the store may be another account's, and a person has named it.
 */
export class S3Documents implements Documents {
  readonly place: string;
  readonly #bucket: string;
  readonly #folder: string;
  readonly #aws: Pick<AwsReads, 'call'>;
  #region: Promise<string> | undefined;

  /** The bucket's region is asked of S3, unless it is known. */
  constructor(aws: Pick<AwsReads, 'call'>, { bucket, prefix }: S3Place, region?: string) {
    this.#aws = aws;
    this.#region = region === undefined ? undefined : Promise.resolve(region);
    this.#bucket = bucket;
    this.#folder = prefix === '' ? '' : `${prefix}/`;
    this.place = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
  }

  async read(key: string): Promise<Document | undefined> {
    try {
      // The body is read inside the call, so that an answer that is cut short is asked for again.
      return await this.#send(async (s3) => {
        const { Body, ETag = '' } = await s3.send(new GetObjectCommand(this.#at(key)));
        return { body: (await Body?.transformToByteArray()) ?? new Uint8Array(), version: ETag };
      });
    } catch (error) {
      if (codeOf(error) === 'NoSuchKey') return undefined;
      throw this.#explained(error, 'read', key);
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
      for (const { Key = '' } of page.Contents ?? []) if (!Key.endsWith('/')) keys.push(Key.slice(this.#folder.length));
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
      await this.#send(async (s3) => {
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
      if (!UNMET.has(code) && !UNDER_WAY.has(code)) throw this.#explained(error, 'write', key);
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
    const input = { Bucket: this.#bucket, Prefix: `${this.#folder}${prefix}`, ...more };
    try {
      return await this.#send((s3) => s3.send(new ListObjectsV2Command(input)));
    } catch (error) {
      throw this.#explained(error, 'list', prefix);
    }
  }

  #at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: `${this.#folder}${key}` };
  }

  async #send<O>(send: (s3: S3Client) => Promise<O>): Promise<O> {
    const region = await (this.#region ??= this.#findRegion());
    return this.#aws.call({ client: S3Client, region, send });
  }

  async #findRegion(): Promise<string> {
    try {
      return (await regionOfBucket(this.#aws, { Bucket: this.#bucket })) ?? 'global';
    } catch (error) {
      this.#region = undefined;
      throw this.#explained(error, 'find', '');
    }
  }

  /** What was thrown, as one sentence; what is not AWS's, such as a run that was stopped, as it is. */
  #explained(error: unknown, doing: Doing, key: string): unknown {
    if (!(error instanceof AwsFailure)) return error;
    const { code, kind, message } = error;
    const what = `${doing} ${this.place}${key === '' ? '' : `/${key}`}`;
    switch (kind) {
      case 'credentials':
        return new PlumblineError(
          'CREDENTIALS_UNUSABLE',
          `could not ${what}: AWS does not take the credentials, or no longer (${code}); sign in again, then repeat the command`,
          { cause: error },
        );
      case 'transient':
      case 'throttled':
        return new PlumblineError(
          'AWS_UNREACHABLE',
          `could not ${what} (${code}), tried again and again: check the network, then repeat the command`,
          { cause: error },
        );
      case 'refused':
        return new PlumblineError(
          doing === 'write' ? 'STORE_UNWRITABLE' : 'AWS_REFUSED',
          this.#refusal({ code, message, doing, what }),
          { cause: error },
        );
    }
  }

  #refusal({ code, message, doing, what }: { code: string; message: string; doing: Doing; what: string }): string {
    switch (code) {
      case 'NoSuchBucket':
      case 'NotFound':
        return `could not ${what}: there is no bucket "${this.#bucket}"; make it, or check its name`;
      case 'AccessDenied': {
        const named = /not authorized to perform: (\w+:\w+)/.exec(message)?.[1];
        const hidden =
          doing === 'read' && (named ?? 's3:ListBucket') === 's3:ListBucket'
            ? ' (without s3:ListBucket S3 refuses what is not there, instead of saying so)'
            : '';
        return `may not ${what} (${code}): allow ${named ?? NEEDS[doing]}${hidden}, and see whether the bucket's own policy refuses it`;
      }
      default:
        return `could not ${what} (${code}): ${message.replace(/\s+/g, ' ').trim()}`;
    }
  }
}

function worthAnotherTry(failure: AwsFailure): AwsFailure {
  return new AwsFailure(failure.code, 'transient', { message: failure.message, cause: failure });
}
