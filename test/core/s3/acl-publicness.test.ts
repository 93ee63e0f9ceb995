import { describe, expect, test } from 'vitest';
import { verdictOnAcl } from '#core/s3/acl-publicness.ts';
import { ACL_CASES, NO_ACLS } from './acl.cases.ts';

describe('is an ACL public', () => {
  test.each(ACL_CASES)('$case is $verdict ($fact)', ({ acl, verdict, because }) => {
    expect(verdictOnAcl(acl)).toMatchObject({ verdict, because });
  });

  test.each(NO_ACLS)('$case: one sentence', ({ acl, says }) => expect(verdictOnAcl(acl)).toEqual({ problem: says }));
});
