import type { Use } from '../evidence/uses.ts';
import type { KindJudge, Moment } from '../judge.ts';
import type { UseRows } from '../s3/use-rows.ts';
import type { Asked } from './asked.ts';
import type { Symptom } from './symptom.ts';

/** By which rows the failing requests came in: of those that the logs have, else of any request of that name. */
export function rowsOfSymptom({ symptom, failing, judge }: Asked, { state, context }: Moment): ReadonlySet<string> {
  const rowsOf = (use: Use): UseRows => judge.rowsOfUse?.(use, state, context) ?? { is: [], oneOf: [] };
  const all = (rows: readonly UseRows[]): readonly string[] =>
    rows.flatMap(({ is, oneOf }) => [...is, ...oneOf.flat()]);
  const seen = failing.map(rowsOf).filter((rows) => all([rows]).length > 0);
  return new Set(all(seen.length > 0 ? seen : anyUses(symptom).map(rowsOf)));
}

/** Would such a request be refused for sure, where these rows are: is it of one of them, or whichever it is of a group? Pure. */
export function isShutBy(
  rows: ReadonlySet<string>,
  { use, judge, moment: { state, context } }: { readonly use: Use; readonly judge: KindJudge; readonly moment: Moment },
): boolean {
  const { is = [], oneOf = [] } = judge.rowsOfUse?.(use, state, context) ?? {};
  const isShut = (row: string): boolean => rows.has(row);
  return is.some(isShut) || oneOf.some((group) => group.every(isShut));
}

const NEVER = { count: 0, firstAt: 0, lastAt: 0 };

/** Every sort of request that the symptom may be, where no log tells: by whomever, with whatever ACL. */
function anyUses({ operation, bucket = '', isWebsite }: Symptom): readonly Use[] {
  const operations = operation === undefined ? ['PutObject', 'PutObjectAcl', 'GetObject', 'ListObjects'] : [operation];
  const requesters: readonly Use['requester'][] = [
    { is: 'principal', name: 'any' },
    { is: 'principal', name: 'of another account', account: 'another' },
    ...(operation === 'PutObject' || operation === 'PutObjectAcl' ? [] : [{ is: 'anonymous' } as const]),
  ];
  const via = isWebsite === true ? 'website' : 'api';
  return operations.flatMap((one) =>
    requesters.flatMap((requester) =>
      (['not-told', 'none-or-owner'] as const).flatMap((acl) =>
        [false, true].map((isPresigned): Use => ({
          bucket,
          operation: one,
          requester,
          via,
          isPresigned,
          acl,
          aclRequired: undefined,
          sources: [],
          all: NEVER,
          spans: [],
          addresses: [],
          hasMoreAddresses: false,
          userAgents: [],
        })),
      ),
    ),
  );
}
