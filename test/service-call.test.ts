import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createClients } from '#aws/clients.ts';
import type { Session } from '#aws/session.ts';
import { askService, documentFrom, type Asking } from '#bin/service.ts';
import { encode } from '#lambda/document-encoding.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { ACCOUNT } from './builders.ts';

/** A service at a URL that gives these answers, one after the other. */
let server: Server;
let url = '';
let answers: { status: number; body: object }[] = [];
let asked: Record<string, unknown>[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>);
      const { status, body } = answers.shift() ?? { status: 500, body: {} };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  answers = [];
  asked = [];
});

const credentials = { accessKeyId: 'AKIAANAANAANAANAANA1', secretAccessKey: 'secret' };
const caller = { account: ACCOUNT, clients: createClients({ credentials, globalRegion: 'us-east-1' }) } as Session;
const described = { format: 1, account: ACCOUNT, region: 'eu-west-1', table: 'ledger', version: '1' } as const;

function asking(more: object = { url }): Asking {
  return {
    caller,
    deployed: { service: { ...described, ...more }, store: 's3://audit' },
    documents: new MemoryDocuments(),
  };
}
const waiting = () => ({ onWait: () => undefined, signal: new AbortController().signal });
const TICKET = { version: 1, ticket: 't-1', key: 'reports/answers/t-1.json' };

describe('a question to a deployed service', () => {
  test('that changes something takes a proof along; one that reads does not', async () => {
    answers = [
      { status: 200, body: { version: 1, text: 'done' } },
      { status: 200, body: { version: 1 } },
    ];
    await askService(caller, asking().deployed, { ask: 'ack', finding: 'f-1', note: 'x' });
    await askService(caller, asking().deployed, { ask: 'findings' });
    const credential = expect.stringMatching(/^AKIAANAANAANAANAANA1\/\d{8}\/eu-west-1\/sts\/aws4_request$/);
    expect(asked).toEqual([
      {
        ask: 'ack',
        finding: 'f-1',
        note: 'x',
        proof: { credential, date: expect.any(String), signature: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
      { ask: 'findings' },
    ]);
  });

  test('whose answer comes under a ticket is waited for', async () => {
    answers = [
      { status: 202, body: TICKET },
      { status: 202, body: { ...TICKET, status: 'not-yet', askedAt: '2026-03-02T08:00:00.000Z' } },
      { status: 200, body: { version: 1, exitCode: 0 } },
    ];
    expect(await documentFrom(asking(), { ask: 'scan', fresh: true }, waiting())).toEqual({ version: 1, exitCode: 0 });
    expect(asked).toEqual([
      { ask: 'scan', fresh: true },
      { ask: 'answer', ticket: 't-1' },
      { ask: 'answer', ticket: 't-1' },
    ]);
  });

  test('whose answer is too large to be one is read where it is', async () => {
    answers = [
      { status: 202, body: TICKET },
      { status: 200, body: { ...TICKET, status: 'done', bytes: 7_000_000 } },
    ];
    const one = asking();
    await one.documents.create(TICKET.key, encode({ version: 1, states: [] }));
    expect(await documentFrom(one, { ask: 'scan', all: true }, waiting())).toEqual({ version: 1, states: [] });
  });

  test('whose answer failed: why', async () => {
    answers = [
      { status: 202, body: TICKET },
      { status: 409, body: { version: 1, error: { code: 'AWS_REFUSED', message: 'the list could not be read' } } },
    ];
    await expect(documentFrom(asking(), { ask: 'scan', fresh: true }, waiting())).rejects.toThrow(
      'the list could not be read',
    );
  });

  test.each([
    {
      case: 'of a store that tells no way',
      more: {},
      says: 'service.json in s3://audit tells neither a URL nor a function: deploy the stack again with this version',
    },
    {
      case: 'of a store that names a function of another sort',
      more: { function: 'delete-everything' },
      says: 'service.json in s3://audit names the function "delete-everything", which is no on-request of a stack of Plumbline: look who wrote it',
    },
  ])('$case is not asked', async ({ more, says }) =>
    expect(askService(caller, asking(more).deployed, { ask: 'findings' })).rejects.toThrow(says),
  );
});
