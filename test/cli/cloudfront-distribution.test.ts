import { expect, test } from 'vitest';
import type { Distribution, World } from '../aws-double/world.ts';
import { acceptAllIn, blindIn, changesIn, scanIn } from './account.ts';
import { plumbline } from './command.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

const WEB_ACL = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/a1b2c3d4';
const pages: Distribution = {
  aliases: ['www.example.com'],
  origins: { web: { domain: 'assets.s3.us-east-1.amazonaws.com', accessControl: 'E1CONTROL' } },
  served: 'web',
};
const world = (distribution: Partial<Distribution> = {}, signing = 'always'): Partial<World> => ({
  distributions: { E1PAGES: { ...pages, ...distribution } },
  accessControls: { E1CONTROL: signing },
});

test('an origin that lost its access control, and a web ACL that came: each told with what it does', async () => {
  await on.double.show(world());
  await acceptAllIn(on.shell);
  const origins = { web: { domain: 'assets.s3.us-east-1.amazonaws.com' } };
  await on.double.show(world({ origins, webAcl: WEB_ACL }));
  const { code, report } = await scanIn(on.shell);
  expect([code, changesIn(report)]).toEqual([
    1,
    ['cloudfront-distribution/E1PAGES#webAcl', 'cloudfront-distribution/E1PAGES#origins.web'],
  ]);
  const { out } = await plumbline(on.shell, 'scan');
  expect(out.replace(/^[\s\S]*?(?= {2}~)/, '').replace(/\n\n[\s\S]*$/, '')).toMatchInlineSnapshot(`
    "  ~ 111122223333/global/cloudfront-distribution/E1PAGES  changed  high  breakage: may-break, exposure: unknown  f-0e4d506af8
          ~ webAcl: not set → arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/a1b2c3d4
          ~ origins.web: {"domain":"assets.s3.us-east-1.amazonaws.com","bucket":"assets","region":"us-east-1","reachedBy":"origin-access-control","accessControl":"E1CONTROL","signing":"always"} → {"domain":"assets.s3.us-east-1.amazonaws.com","bucket":"assets","region":"us-east-1","reachedBy":"unsigned"}
          Web ACL edge stands before it: what that blocks is refused, with 403 unless the web ACL says otherwise.
          CloudFront asks bucket assets without a signature now, and no more with origin access control E1CONTROL: what is not open to everyone is refused with 403 AccessDenied, whatever the bucket policy allows CloudFront.
          watched for TM-1, TM-4, TM-6, TM-7"
  `);
});

test('an access control that signs no more moves every distribution that uses it, though none of them was touched', async () => {
  await on.double.show(world());
  await acceptAllIn(on.shell);
  await on.double.show(world({}, 'never'));
  const { code, report } = await scanIn(on.shell);
  expect([code, changesIn(report)]).toEqual([1, ['cloudfront-distribution/E1PAGES#origins.web']]);
});

test('who may not read access controls is blind to origins alone, and nothing is said to have gone', async () => {
  await on.double.show(world());
  await acceptAllIn(on.shell);
  await on.double.misbehave({ refuse: [{ call: 'GetOriginAccessControl', code: 'AccessDenied', status: 403 }] });
  const { code, report } = await scanIn(on.shell);
  expect([code, changesIn(report), blindIn(report)]).toEqual([2, [], ['E1PAGES#origins AccessDenied']]);
  const { out } = await plumbline(on.shell, 'doctor');
  expect(out).toMatch(
    /not ok {2}cloudfront-distribution +cannot read origins .*allow cloudfront:GetOriginAccessControl to/,
  );
});

test('two hundred and fifty distributions are three pages and a read each, in whatever region is looked at', async () => {
  const ids = Array.from({ length: 250 }, (_, index) => `E${String(index).padStart(5, '0')}`);
  const origins = { web: { domain: 'api.example.com' } };
  await on.double.show({
    regions: ['us-east-1', 'eu-west-1'],
    distributions: Object.fromEntries(ids.map((id) => [id, { ...pages, origins }])),
  });
  await on.double.forgetCalls();
  const { report } = await scanIn(on.shell);
  expect(report.counts.resources['cloudfront-distribution']).toBe(250);
  expect((await on.double.calls()).calls).toMatchObject({ ListDistributions: 3, GetDistribution: 250 });
});

test('a list that is cut short tells of no deletion', async () => {
  await on.double.show(world());
  await acceptAllIn(on.shell);
  await on.double.show({});
  await on.double.misbehave({ refuse: [{ call: 'ListDistributions', code: 'AccessDenied', status: 403 }] });
  expect(await scanIn(on.shell)).toMatchObject({ code: 2 });
  await on.double.misbehave({});
  const { report } = await scanIn(on.shell);
  expect(changesIn(report)).toEqual(['cloudfront-distribution/E1PAGES#exists']);
});
