import { expect, test } from 'vitest';
import { acceptAllIn, blindIn, changesIn, scanIn } from './account.ts';
import { plumbline } from './command.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

test('what an organisation sets above the account is named beside what it moves, with where the way back is', async () => {
  await on.double.show({});
  await acceptAllIn(on.shell);
  await on.double.show({ organizationPolicy: 'all' });
  const { code, report } = await scanIn(on.shell);
  expect([code, changesIn(report)]).toEqual([
    1,
    ['s3-organization-policy/account#effectivePolicy', 's3-account-block/account#publicAccessBlock'],
  ]);
  const { out } = await plumbline(on.shell, 'scan');
  expect(out).toContain(`      ~ effectivePolicy: not set → set
          + publicAccessBlock: all
`);
});

test('the value of a policy moves: told as that member', async () => {
  await on.double.show({ organizationPolicy: 'all' });
  await acceptAllIn(on.shell);
  await on.double.show({ organizationPolicy: 'none' });
  const { out } = await plumbline(on.shell, 'scan');
  expect(out).toContain('      ~ effectivePolicy.publicAccessBlock: all → none\n');
});

test('whoever may not ask for it cannot tell, and nothing is said to have gone', async () => {
  await on.double.show({ organizationPolicy: 'all' });
  await acceptAllIn(on.shell);
  await on.double.misbehave({
    refuse: [{ call: 'DescribeEffectivePolicy', code: 'AccessDeniedException', status: 400 }],
  });
  const { code, report } = await scanIn(on.shell);
  expect([code, changesIn(report), blindIn(report)]).toEqual([
    2,
    [],
    ['account#effectivePolicy AccessDeniedException'],
  ]);
  const { out } = await plumbline(on.shell, 'doctor');
  expect(out).toMatch(
    /not ok {2}s3-organization-policy +cannot read effectivePolicy .*allow organizations:DescribeEffectivePolicy/,
  );
});

test('one call a scan, whatever the account holds', async () => {
  await on.double.show({ organizationPolicy: 'all', regions: ['us-east-1', 'eu-west-1'] });
  await on.double.forgetCalls();
  await scanIn(on.shell);
  expect((await on.double.calls()).calls['DescribeEffectivePolicy']).toBe(1);
});
