import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalOrigin } from '#core/cloudfront/origin.ts';
import { distributionsOf, reachText } from '#core/cloudfront/origins.ts';
import { s3DomainOf } from '#core/cloudfront/s3-domain.ts';
import type { Json } from '#core/json.ts';
import { present, unreadable, type JsonReading } from '#core/reading.ts';
import type { State } from '#core/state.ts';
import { ACCOUNT, bucketState, T0 } from '../../builders.ts';
import { ORIGINS, REACHES } from './origins.cases.ts';

test.each(ORIGINS)('$case ($fact)', ({ origin, is }) => {
  expect(canonicalOrigin(origin)).toEqual(is);
});

const readingOf = (value: Json): JsonReading => (value === 'refused' ? unreadable('AccessDenied') : present(value));

function distribution({ origins, behaviors, enabled, aliases }: (typeof REACHES)[number]): State {
  const served = origins === 'refused' ? {} : { 'Default (*)': Object.keys(origins) };
  return {
    ref: { account: ACCOUNT, region: 'global', kind: 'cloudfront-distribution', id: 'E123' },
    shape: 1,
    takenAt: T0,
    watched: {
      enabled: readingOf(enabled ?? true),
      origins: readingOf(origins),
      behaviors: readingOf(behaviors ?? served),
    },
    carried: { aliases: aliases ?? ['www.example.com'], domainName: 'd111111abcdef8.cloudfront.net' },
  };
}

describe('which distributions reach a bucket, and how', () => {
  test.each(REACHES)('$case ($fact)', ({ says, rows, unknown = [], ...facts }) => {
    const reach = distributionsOf('assets', [bucketState('assets'), distribution({ says, rows, ...facts })]);
    expect(reach.reaches.map(reachText)).toEqual(says);
    expect(reach.reaches.map((one) => one.rows)).toEqual(rows);
    expect(reach.unknown.map(({ why }) => why)).toEqual(unknown);
  });

  test('a state of which nothing was read is not known, and no way', () => {
    const { ref } = distribution({ case: '', fact: '', origins: {}, says: [], rows: [] });
    expect(distributionsOf('assets', [{ ref, shape: 0, takenAt: T0, watched: {}, carried: {} }])).toEqual({
      reaches: [],
      unknown: [{ ref, why: 'its origins could not be read (NotRead)' }],
    });
  });
});

describe('host names of S3', () => {
  const bucketName = fc
    .stringMatching(/^[a-z0-9][a-z0-9.-]{1,40}[a-z0-9]$/)
    .filter((name) => !/-s3alias$|--ol-s3$|\.mrap$/.test(name));
  const region = fc.constantFrom(
    'us-east-1',
    'eu-central-1',
    'us-gov-west-1',
    'cn-north-1',
    'ap-southeast-7',
    'mx-central-1',
  );

  test('every bucket is found in each of its names', () => {
    fc.assert(
      fc.property(bucketName, region, (bucket, where) => {
        const suffix = where.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
        for (const host of [`${bucket}.s3.${where}`, `${bucket}.s3-${where}`, `${bucket}.s3.dualstack.${where}`])
          expect(s3DomainOf(`${host}.${suffix}`, '')).toEqual({ endpoint: 'rest', name: bucket, region: where });
        for (const host of [`${bucket}.s3-website.${where}`, `${bucket}.s3-website-${where}`])
          expect(s3DomainOf(`${host}.${suffix}`, '')).toEqual({ endpoint: 'website', name: bucket, region: where });
      }),
    );
  });

  test('whatever a host is called, what is found in it is a part of its name, or of its path', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000 }), fc.string(), (host, path) => {
        const { name = '' } = s3DomainOf(host, path) ?? {};
        expect(host.includes(name) || path.includes(name)).toBe(true);
      }),
    );
  });

  test.each([
    {
      host: 'reports-111122223333.s3-accesspoint.us-east-1.amazonaws.com',
      name: 'reports-111122223333',
      region: 'us-east-1',
    },
    { host: 'mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com', name: 'mfzwi23gnjvgw.mrap' },
    {
      host: 'my-object-lambda--ol-s3.s3.us-east-1.amazonaws.com',
      name: 'my-object-lambda--ol-s3',
      region: 'us-east-1',
    },
  ])('$host is an access point', ({ host, ...point }) => {
    expect(s3DomainOf(host, '')).toEqual({ endpoint: 'access-point', ...point });
  });

  test('the whole service, with no bucket in the path, is no bucket', () => {
    expect(s3DomainOf('s3.amazonaws.com', '')).toBeUndefined();
    expect(s3DomainOf('s3.amazonaws.com', '/')).toBeUndefined();
  });
});
