import { S3Client } from '@aws-sdk/client-s3';
import { PlumblineError } from '#core/errors.ts';
import { regionOfBucket } from '#kinds/bucket-region.ts';
import type { AwsReads } from '#kinds/kind.ts';
import { AwsFailure } from './failure.ts';

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

/** One bucket that a person has named, in whatever region it is, and what its refusals mean. */
export class S3Bucket {
  readonly name: string;
  /** Where in it, for people. */
  readonly place: string;
  /** What keys in it begin with. */
  readonly folder: string;
  readonly #aws: Pick<AwsReads, 'call'>;
  #region: Promise<string> | undefined;

  /** The bucket's region is asked of S3, unless it is known. */
  constructor(aws: Pick<AwsReads, 'call'>, { bucket, prefix }: S3Place, region?: string) {
    this.name = bucket;
    this.folder = prefix === '' ? '' : `${prefix}/`;
    this.place = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
    this.#aws = aws;
    this.#region = region === undefined ? undefined : Promise.resolve(region);
  }

  /** Makes a call in the bucket's own region. Throws `AwsFailure`, or what `explained` makes of it where the bucket is not found. */
  async send<O>(send: (s3: S3Client) => Promise<O>): Promise<O> {
    const region = await (this.#region ??= this.#findRegion());
    return this.#aws.call({ client: S3Client, region, send });
  }

  async #findRegion(): Promise<string> {
    try {
      return (await regionOfBucket(this.#aws, { Bucket: this.name })) ?? 'global';
    } catch (error) {
      this.#region = undefined;
      throw this.explained(error, 'find', '');
    }
  }

  /** What was thrown, as one sentence; what is not AWS's, such as a run that was stopped, as it is. */
  explained(error: unknown, doing: Doing, key: string): unknown {
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
        return `could not ${what}: there is no bucket "${this.name}"; make it, or check its name`;
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
