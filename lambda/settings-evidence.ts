import * as z from 'zod/mini';
import { said, text } from './settings-words.ts';

const PLACE = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[^/*?\p{Cc}]+)*\/?$/u;

const places = (what: string, example: string) =>
  said(
    what,
    z._default(
      z
        .array(text(PLACE, `must be a place such as ${example}, without stars`))
        .check(z.refine((all) => new Set(all).size === all.length, { error: 'must name each place once' })),
      [],
    ),
    { examples: [[example]] },
  );

/** Logs of use, which the deployed service reads after a change. */
export const evidence = z
  .strictObject({
    accessLogs: places(
      'The folders that server access logs are delivered to: the target bucket, and what of the target prefix ends in a slash.',
      's3://example-logs/access/',
    ),
    trails: places(
      'Where trails with data events of S3 deliver to: what stands before AWSLogs.',
      's3://example-trail/all',
    ),
    requestMetrics: said(
      'Also count 4xx answers and requests, of buckets whose request metrics have a filter named EntireBucket.',
      z._default(z.boolean(), false),
    ),
    lookBack: said(
      'How far before a change is looked for who uses what it breaks: 1 day to 30 days.',
      z._default(text(/^(?:1 day|(?:[2-9]|[12]\d|30) days)$/, 'must be 1 day, or 2 days to 30 days'), '7 days'),
      { examples: ['7 days'] },
    ),
  })
  .check(
    z.refine((one) => one.accessLogs.length + one.trails.length > 0 || one.requestMetrics, {
      error: 'must name accessLogs or trails, or set requestMetrics',
    }),
  );
