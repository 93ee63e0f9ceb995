import { expect, test } from 'vitest';
import { callerText } from '#core/evidence/applications.ts';
import type { Requester } from '#core/evidence/request.ts';

test.each<{ requester: Requester; is: string }>([
  { requester: { is: 'principal', name: 'arn:aws:iam::111122223333:role/team/app' }, is: 'role app' },
  { requester: { is: 'principal', name: 'arn:aws:iam::111122223333:user/ana' }, is: 'user ana' },
  { requester: { is: 'principal', name: 'arn:aws:iam::111122223333:root' }, is: 'arn:aws:iam::111122223333:root' },
  { requester: { is: 'principal', name: 'AROAEXAMPLE', account: '444455556666' }, is: 'role AROAEXAMPLE' },
  { requester: { is: 'principal', name: 'AIDAEXAMPLE', account: '444455556666' }, is: 'user AIDAEXAMPLE' },
  { requester: { is: 'principal', name: 'a'.repeat(64) }, is: `canonical user ${'a'.repeat(64)}` },
  { requester: { is: 'anonymous' }, is: 'anyone without credentials' },
])('$is', ({ requester, is }) => {
  expect(callerText({ requester })).toBe(is);
});
