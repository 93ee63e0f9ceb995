import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClients } from '#aws/clients.ts';
import { createReads } from '#aws/reads.ts';
import { S3Documents } from '#aws/s3-documents.ts';
import { useEnvironment } from '../environment.ts';
import { documentsSuite } from '../local/documents.suite.ts';
import { ApiServer, findPrograms } from './api-server.ts';
import { openShell, plumbline, type Shell } from './command.ts';

const programs = findPrograms();
const missing = 'missing' in programs ? programs.missing : undefined;
// In CI a server that cannot be had is a failure, not a reason to skip.
const isSkipped = missing !== undefined && process.env['CI'] === undefined;
if (missing !== undefined) process.stderr.write(`The tests against the API server cannot run: ${missing}\n`);

describe.skipIf(isSkipped)('on a real API server', () => {
  let server: ApiServer;
  let shell: Shell;

  beforeAll(async () => {
    if ('missing' in programs) throw new Error(programs.missing);
    server = await ApiServer.start(programs);
    shell = await openShell(server.environment);
    useEnvironment(server.environment);
    const where = ['--region', 'eu-west-1', '--create-bucket-configuration', 'LocationConstraint=eu-west-1'];
    await server.aws('s3api', 'create-bucket', '--bucket', 'kept', ...where);
  }, 400_000);
  afterAll(() => server?.stop());

  const open = (prefix: string = randomUUID()): S3Documents =>
    new S3Documents(
      createReads({ account: '123456789012', clients: createClients({ globalRegion: 'us-east-1' }), concurrency: 32 }),
      { bucket: 'kept', prefix },
    );

  documentsSuite('a bucket', () => Promise.resolve(open()));

  test('a probe leaves nothing behind', async () => {
    const documents = open();
    await documents.probe();
    expect(await documents.list('')).toEqual([]);
  });

  test('a bucket that is not there', async () => {
    const clients = createClients({ globalRegion: 'us-east-1' });
    const aws = createReads({ account: '123456789012', clients, concurrency: 1 });
    await expect(new S3Documents(aws, { bucket: 'kpet', prefix: '' }).read('a.json')).rejects.toThrow(
      'could not find s3://kpet: there is no bucket "kpet"; make it, or check its name',
    );
  });

  test('an account is scanned and accepted with the store in a bucket', { timeout: 120_000 }, async () => {
    const run = (...args: readonly string[]) => plumbline(shell, ...args, '--store', 's3://kept/cli');
    expect(await run('scan')).toMatchObject({ code: 2, err: '' });
    expect(await run('baseline', 'accept', '--all', '--reason', 'first look')).toMatchObject({ code: 0, err: '' });
    expect(await run('scan')).toMatchObject({ code: 0, err: '' });
    expect((await open('cli').list('baseline/')).at(-1)).toBe('baseline/123456789012/head.json');
  });
});
