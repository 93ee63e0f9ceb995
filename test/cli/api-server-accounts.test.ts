import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccountsReport } from '#core/accounts-report.ts';
import { allow } from './account.ts';
import { ApiServer, findPrograms } from './api-server.ts';
import { openShell, plumbline, type Shell } from './command.ts';

const programs = findPrograms();
const missing = 'missing' in programs ? programs.missing : undefined;
// In CI a server that cannot be had is a failure, not a reason to skip.
const isSkipped = missing !== undefined && process.env['CI'] === undefined;
if (missing !== undefined) process.stderr.write(`The tests against the API server cannot run: ${missing}\n`);

const OWN = '123456789012';
const MEMBERS = ['222222222222', '333333333333'] as const;
const roleIn = (account: string): string => `arn:aws:iam::${account}:role/plumbline-reader`;

describe.skipIf(isSkipped)('three accounts on a real API server, each reached as a role of its own', () => {
  let server: ApiServer;
  let shell: Shell;

  beforeAll(async () => {
    if ('missing' in programs) throw new Error(programs.missing);
    server = await ApiServer.start(programs);
    shell = await openShell(server.environment);
    await server.aws('s3api', 'create-bucket', '--bucket', 'own');
    for (const account of MEMBERS) {
      const member = await server.as(roleIn(account));
      await member.aws('s3api', 'create-bucket', '--bucket', `of-${account}`);
    }
  }, 120_000);
  afterAll(() => server?.stop());

  test(
    'each is read as itself, accepted by itself, and the one that drifts is the one that is named',
    { timeout: 120_000 },
    async () => {
      const asked = ['--region', 'us-east-1', '--accounts', [OWN, ...MEMBERS].join(',')];
      const scan = () => plumbline(shell, 'scan', ...asked, '--account-role', 'plumbline-reader', '--json');
      const reportOf = ({ out }: { out: string }) => (JSON.parse(out) as AccountsReport).accounts;
      expect(await scan()).toMatchObject({ code: 2 });
      for (const role of [[], ...MEMBERS.map((account) => ['--account-role', roleIn(account)])]) {
        const accepted = await plumbline(shell, 'baseline', 'accept', '--all', '--reason', 'first look', ...role);
        expect(accepted).toMatchObject({ code: 0, err: '' });
      }
      const clean = await scan();
      expect([clean.code, reportOf(clean).map(({ account, exitCode }) => [account, exitCode])]).toEqual([
        0,
        [OWN, ...MEMBERS].map((account) => [account, 0]),
      ]);

      const member = await server.as(roleIn(MEMBERS[1]));
      await member.aws('s3api', 'put-bucket-policy', '--bucket', `of-${MEMBERS[1]}`, '--policy', allow('*'));
      const drifted = await scan();
      expect(drifted.code).toBe(1);
      expect(reportOf(drifted)).toMatchObject([
        { account: OWN, exitCode: 0 },
        { account: MEMBERS[0], exitCode: 0 },
        {
          account: MEMBERS[1],
          exitCode: 1,
          findings: [
            { drifts: [{ ref: { account: MEMBERS[1], id: `of-${MEMBERS[1]}` }, changes: [{ path: 'policy' }] }] },
          ],
        },
      ]);
    },
  );
});
