import { describe, expect, test } from 'vitest';
import { readAccessLogLine } from '#core/evidence/access-log.ts';
import { ACLS, FORMATS, MALFORMED, OPERATIONS, OUTCOMES, QUOTES, REQUESTERS, USUAL } from './access-log.cases.ts';

/** As the scanner gives it: a character a byte. */
const bytesOf = (line: string): string => Buffer.from(line).toString('latin1');

describe('a line of an access log', () => {
  test.each([
    ['formats', FORMATS],
    ['quotes', QUOTES],
    ['requesters', REQUESTERS],
    ['outcomes', OUTCOMES],
    ['acls', ACLS],
  ] as const)('%s', (_, cases) => {
    for (const { case: name, line, says } of cases)
      expect({ name, ...readAccessLogLine(bytesOf(line)) }).toEqual({
        name,
        request: withoutUndefined({ ...USUAL, ...says }),
      });
  });

  test.each(OPERATIONS)('$case', ({ line, says }) => {
    const read = readAccessLogLine(bytesOf(line));
    expect('request' in read && { operation: read.request.operation, via: read.request.via }).toEqual({
      via: 'api',
      ...says,
    });
  });

  test.each(MALFORMED)('$case: $problem', ({ line, problem }) => {
    expect(readAccessLogLine(bytesOf(line))).toEqual({ problem });
  });
});

/** Members that a case takes away; whether an ACL was required is a value even where it is not told. */
function withoutUndefined(request: object): object {
  return Object.fromEntries(
    Object.entries(request).filter(([name, value]) => value !== undefined || name === 'aclRequired'),
  );
}
