import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createClients, type Clients } from '#aws/clients.ts';
import { askWhoSigned, proveIdentity } from '#aws/identity.ts';
import type { Binding, IdentityProof } from '#core/identity-proof.ts';

const ANA = 'arn:aws:sts::111122223333:assumed-role/OnCall/ana';
const KEYS = { accessKeyId: 'AKIAANAANAANAANAANA1', secretAccessKey: 'the secret of ana', sessionToken: 'FwoG/a+b=' };
const SERVICE = { accessKeyId: 'AKIASERVICESERVICE01', secretAccessKey: 'the secret of the service' };
const REGION = 'eu-west-1';
const BINDING: Binding = { store: 's3://audit', question: { ask: 'accept', all: true, reason: 'right' } };

let server: Server;
let endpoint = '';
let heard: { headers: IncomingMessage['headers']; body: string; path: string }[] = [];
let broken: { status: number; code: string } | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    void answerAsSts(request).then(({ status, body }) =>
      response.writeHead(status, { 'content-type': 'text/xml' }).end(body),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['AWS_ENDPOINT_URL_STS'] = endpoint;
});
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL_STS'];
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  heard = [];
  broken = undefined;
});

/** STS as far as it matters: signs what it got with the secret of the key that it names, and compares. */
async function answerAsSts(request: IncomingMessage): Promise<{ status: number; body: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  heard.push({ headers: request.headers, body, path: request.url ?? '' });
  const refuse = (status: number, code: string) => ({
    status,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
  });
  if (broken !== undefined) return refuse(broken.status, broken.code);
  const authorization = request.headers.authorization ?? '';
  const [, key = '', signed = ''] = /Credential=([^/]+)\/.*SignedHeaders=([^,]+),/.exec(authorization) ?? [];
  const secrets = new Map([KEYS, SERVICE].map((one) => [one.accessKeyId, one]));
  const credentials = secrets.get(key);
  if (credentials === undefined) return refuse(403, 'InvalidClientTokenId');
  const { sha256 } = new STSClient({ region: REGION }).config;
  const signer = new SignatureV4({ service: 'sts', region: REGION, credentials, sha256, applyChecksum: false });
  const headers = Object.fromEntries(
    signed.split(';').flatMap((name) => (name.startsWith('x-amz-') ? [] : [[name, String(request.headers[name])]])),
  );
  const again = await signer.sign(
    { method: 'POST', protocol: 'http:', hostname: '127.0.0.1', path: '/', query: {}, headers, body },
    { signingDate: dateOf(String(request.headers['x-amz-date'])) },
  );
  if (again.headers['authorization'] !== authorization) return refuse(403, 'SignatureDoesNotMatch');
  const arn = key === KEYS.accessKeyId ? ANA : 'arn:aws:sts::111122223333:assumed-role/OnRequest/service';
  return {
    status: 200,
    body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>A</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
  };
}

function dateOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

const clientsOf = (credentials: object): Clients => createClients({ credentials, globalRegion: 'us-east-1' });
const prove = (binding: Binding = BINDING): Promise<IdentityProof> =>
  proveIdentity(clientsOf(KEYS), { region: REGION, ...binding });
const ask = (proof: IdentityProof, binding: Binding = BINDING): Promise<string> =>
  askWhoSigned(clientsOf(SERVICE), { proof, region: REGION, ...binding });

describe('who signed', () => {
  test('is what STS says of the signer, not of the service that sends it', async () =>
    expect(await ask(await prove())).toBe(ANA));

  test('signing sends nothing', async () => {
    await prove();
    expect(heard).toEqual([]);
  });

  test('no secret goes along, and STS is asked one thing', async () => {
    const proof = await prove();
    expect(Object.keys(proof).sort()).toEqual(['credential', 'date', 'signature', 'token']);
    await ask(proof);
    expect(heard.map(({ body, path }) => [path, body])).toEqual([['/', 'Action=GetCallerIdentity&Version=2011-06-15']]);
    expect(JSON.stringify([proof, heard])).not.toContain('secret');
  });

  test('keys that do not end have no token', async () => {
    const { sessionToken: _none, ...keys } = KEYS;
    const proof = await proveIdentity(clientsOf(keys), { region: REGION, ...BINDING });
    expect(proof).not.toHaveProperty('token');
  });

  const OTHER = 'b'.repeat(64);
  test.each<{ case: string; proof?: Partial<IdentityProof>; binding?: Partial<Binding> }>([
    { case: 'another question', binding: { question: { ask: 'accept', all: true, reason: 'wrong' } } },
    { case: 'another store', binding: { store: 's3://somebody-elses' } },
    { case: 'another signature', proof: { signature: OTHER } },
    { case: 'another time', proof: { date: '20260302T080000Z' } },
    { case: 'another key', proof: { credential: `AKIASERVICESERVICE01/20260302/${REGION}/sts/aws4_request` } },
    {
      case: 'a key that there is not',
      proof: { credential: `AKIANOBODYNOBODYNOB1/20260302/${REGION}/sts/aws4_request` },
    },
  ])('$case: STS does not take it', async ({ proof = {}, binding = {} }) => {
    const signed = await prove();
    await expect(ask({ ...signed, ...proof }, { ...BINDING, ...binding })).rejects.toMatchObject({
      code: 'CREDENTIALS_UNUSABLE',
      message: expect.stringMatching(
        /^STS in eu-west-1 does not take the proof of identity \(\w+\): it was signed for/,
      ),
    });
  });

  test('the order of members is no part of a question', async () =>
    expect(await ask(await prove(), { ...BINDING, question: { reason: 'right', all: true, ask: 'accept' } })).toBe(
      ANA,
    ));

  test("credentials of the signer that have ended say nothing of the service's own", async () => {
    const clients = clientsOf(SERVICE);
    broken = { status: 400, code: 'ExpiredToken' };
    const proof = await prove();
    await expect(askWhoSigned(clients, { proof, region: REGION, ...BINDING })).rejects.toMatchObject({
      code: 'CREDENTIALS_UNUSABLE',
    });
    broken = undefined;
    expect(await askWhoSigned(clients, { proof, region: REGION, ...BINDING })).toBe(ANA);
  });
});

test('without an endpoint of its own, it is the STS of the region, over TLS', async () => {
  delete process.env['AWS_ENDPOINT_URL_STS'];
  const addresses: string[] = [];
  for (const region of ['eu-west-1', 'cn-north-1', 'us-gov-west-1']) {
    const sts = clientsOf(SERVICE).for(STSClient, region);
    sts.middlewareStack.add(
      () => (args) => {
        const { protocol, hostname } = args.request as { protocol: string; hostname: string };
        addresses.push(`${protocol}//${hostname}`);
        return Promise.resolve({ output: { $metadata: {}, Arn: ANA }, response: undefined });
      },
      { step: 'deserialize', priority: 'high' },
    );
    const clients = { for: () => sts } as unknown as Clients;
    await askWhoSigned(clients, { proof: await prove(), region, ...BINDING });
  }
  process.env['AWS_ENDPOINT_URL_STS'] = endpoint;
  expect(addresses).toEqual([
    'https://sts.eu-west-1.amazonaws.com',
    'https://sts.cn-north-1.amazonaws.com.cn',
    'https://sts.us-gov-west-1.amazonaws.com',
  ]);
});
