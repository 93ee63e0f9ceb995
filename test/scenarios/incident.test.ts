import { expect, test } from 'vitest';
import type { Alert } from '#core/alert.ts';
import type { Json } from '#core/json.ts';
import { newsOfAlert } from '#lambda/member-news.ts';
import { contractsIn } from '#lambda/service-settings.ts';
import { readShippedSettings } from '../../bin/world.ts';
import { useDoubleHere } from '../double-here.ts';
import { ALL_USERS, OWNER_ID } from '../aws-double/world.ts';
import { HubScene } from './hub-scene.ts';
import { ACCOUNT, Scene } from './scene.ts';

const on = useDoubleHere();

const ALL = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const grants = [
  { to: OWNER_ID, permission: 'FULL_CONTROL' },
  { to: ALL_USERS, permission: 'READ' },
];
/** The tool runs in all of them by default (incidents.md A). */
const ACCOUNTS = [ACCOUNT, '444455556666', '777788889999'];

/** What one account tells of 28 October: the deny list at 14:45, which the tool is for, and the block at 15:00, which it is not. */
async function told(): Promise<readonly Alert[]> {
  const scene = new Scene(on.double, Date.parse('2025-10-28T18:40:00.000Z'));
  scene.contracts = contractsIn(await readShippedSettings());
  await scene.open();
  await scene.makesSet('alb-deny-list');
  await scene.refusesThoseIn('alb-deny-list');
  await scene.sets({
    buckets: {
      'testmaker-exports': { region: 'us-east-1', grants, tags: { team: 'assessment' } },
      'marketing-cdn-content': { region: 'us-east-1', grants, tags: { team: 'marketing' } },
    },
  });
  await scene.accepted();
  const addresses = ['198.51.100.0/24', '203.0.113.66/32'];
  await scene.setsAddresses('alb-deny-list', addresses);
  await scene.event('UpdateIPSet', { set: 'alb-deny-list', addresses });
  await scene.minutes(15);
  await scene.sets({ accountBlock: ALL });
  await scene.event('PutAccountPublicAccessBlock', { block: ALL });
  await scene.minutes(1);
  return scene.alerts;
}

test('28 October in three accounts: one mail of the hub names the tool, the role, the accounts, the broken contract, how sure it is, and the expected work', async () => {
  const hub = new HubScene('2025-10-28T19:01:00.000Z');
  const alerts = await told();
  for (const alert of alerts)
    for (const account of ACCOUNTS) {
      const whole = `s3://audit-${account}/reports/alerts/${alert.finding}/x.json`;
      const news = JSON.stringify(newsOfAlert(alert, { tell: 'hub', whole })).replaceAll(ACCOUNT, account);
      await hub.hears(account, JSON.parse(news) as Json);
    }
  await hub.minutes(2);
  const mails = hub.mails.map(({ subject, text }) => `Subject: ${subject}\n\n${text}`);
  expect(mails.map((mail) => mail.split('\n', 1)[0])).toMatchInlineSnapshot(`
    [
      "Subject: HIGH may break: WAF IP set alb-deny-list changed in 3 accounts",
      "Subject: HIGH breaks, contract broken: account-level S3 Block Public Access changed in 3 accounts",
    ]
  `);
  await expect(
    mails.find((mail) => mail.includes('account-level S3 Block Public Access changed in')),
  ).toMatchFileSnapshot('./alerts/28-october-hub.mail.txt');
});
