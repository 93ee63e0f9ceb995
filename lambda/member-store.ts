import { PlumblineError } from '#core/errors.ts';
import type { Documents } from './ports.ts';
import { findService } from './service-document.ts';
import { AUDIT_BUCKET } from './service-names.ts';

/** A bucket of an account, as its list names it. */
export interface ListedBucket {
  readonly name: string;
  readonly region?: string;
}

export interface StorePorts {
  /** Every bucket of the account. */
  readonly listBuckets: () => Promise<readonly ListedBucket[]>;
  readonly open: (bucket: ListedBucket) => Documents;
}

/** Others than the service's may be called so; this many are looked into. */
const MOST_LOOKED_INTO = 10;

/**
 * The documents of the service that is deployed in an account: of the buckets that bear the name of the construct, the one whose
 * `service.json` says that it is of this account. Throws PlumblineError where there is none or more than one: whoever may make a bucket
 * there could else put a snapshot before the right one.
 */
export async function findStore(account: string, { listBuckets, open }: StorePorts): Promise<Documents> {
  const named = (await listBuckets()).filter(({ name }) => name.includes(AUDIT_BUCKET.inNames));
  const stores: Documents[] = [];
  let refused: PlumblineError | undefined;
  for (const bucket of named.slice(0, MOST_LOOKED_INTO)) {
    const documents = open(bucket);
    try {
      if ((await findService(documents))?.account === account) stores.push(documents);
    } catch (error) {
      if (!(error instanceof PlumblineError)) throw error;
      refused ??= error;
    }
  }
  const [store, ...others] = stores;
  if (store !== undefined && others.length === 0) return store;
  if (store !== undefined)
    throw new PlumblineError(
      'INPUT_INVALID',
      `${stores.map(({ place }) => place).join(' and ')} each say that they are its store`,
    );
  throw refused ?? new PlumblineError('INPUT_INVALID', 'no bucket of a service of Plumbline is there');
}
