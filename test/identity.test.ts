import { beforeEach, describe, expect, test } from 'vitest';
import type { Binding, IdentityProof } from '#core/identity-proof.ts';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { identify, type IdentityPorts } from '#lambda/identity.ts';
import { ACCOUNT } from './builders.ts';

const ANA = `arn:aws:sts::${ACCOUNT}:assumed-role/OnCall/ana`;
const QUESTION = { ask: 'accept', all: true, reason: 'right' };
const PROOF: IdentityProof = {
  credential: 'AKIAANAANAANAANAANA1/20260302/eu-west-1/sts/aws4_request',
  date: '20260302T080000Z',
  signature: 'a'.repeat(64),
};

let sent: { proof: IdentityProof; binding: Binding }[];
let ports: IdentityPorts;

beforeEach(() => {
  sent = [];
  ports = {
    account: ACCOUNT,
    region: 'eu-west-1',
    store: 's3://audit',
    ledger: new DocumentsLedger(new MemoryDocuments()),
    now: () => new Date('2026-03-02T08:00:30.000Z'),
    askWhoSigned: async (proof, binding) => {
      sent.push({ proof, binding });
      return ANA;
    },
  };
});

const refusal = async (value: unknown, more: Partial<IdentityPorts> = {}): Promise<string> => {
  try {
    return `taken as ${await identify(value, QUESTION, { ...ports, ...more })}`;
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
};

test('who signed, for this question to this service', async () => {
  expect(await identify(PROOF, QUESTION, ports)).toBe(ANA);
  expect(sent).toEqual([{ proof: PROOF, binding: { store: 's3://audit', question: QUESTION } }]);
});

test('a proof is good for once: whoever saw it cannot send it again', async () => {
  await identify(PROOF, QUESTION, ports);
  expect(await refusal(PROOF)).toBe(
    'the proof of identity was used already, and is good for one question: repeat the command',
  );
});

test('what STS did not take is not remembered', async () => {
  const refuses = { askWhoSigned: () => Promise.reject(new Error('no')) };
  expect(await refusal(PROOF, refuses)).toBe('no');
  expect(await identify(PROOF, QUESTION, ports)).toBe(ANA);
});

test('somebody of another account is nobody here', async () => {
  const stranger = 'arn:aws:iam::999900001111:user/eve';
  expect(await refusal(PROOF, { askWhoSigned: () => Promise.resolve(stranger) })).toBe(
    `${stranger} is of another account than this service, ${ACCOUNT}: assume a role in it, then repeat the command`,
  );
});

describe('what is no proof is not sent anywhere', () => {
  const NONE = 'the proof of identity is none: send it with the command line, which makes one';
  test.each<{ case: string; value: unknown; says: string }>([
    { case: 'nothing', value: null, says: NONE },
    { case: 'an ARN', value: ANA, says: NONE },
    { case: 'a whole URL', value: { url: 'https://sts.evil.example/?Action=GetCallerIdentity' }, says: NONE },
    { case: 'a key without its scope', value: { ...PROOF, credential: 'AKIAANAANAANAANAANA1' }, says: NONE },
    {
      case: 'a scope of another service',
      value: { ...PROOF, credential: 'AKIAANAANAANAANAANA1/20260302/eu-west-1/s3/aws4_request' },
      says: NONE,
    },
    {
      case: 'a header smuggled in with the key',
      value: { ...PROOF, credential: `${PROOF.credential}\r\nx: y` },
      says: NONE,
    },
    { case: 'a signature of another length', value: { ...PROOF, signature: 'a' }, says: NONE },
    { case: 'a signature in capitals: the same one twice', value: { ...PROOF, signature: 'A'.repeat(64) }, says: NONE },
    { case: 'a token that is none', value: { ...PROOF, token: 'a b' }, says: NONE },
    { case: 'a token without end', value: { ...PROOF, token: 'a'.repeat(8193) }, says: NONE },
    {
      case: 'for another region',
      value: { ...PROOF, credential: 'AKIAANAANAANAANAANA1/20260302/us-east-1/sts/aws4_request' },
      says: 'the proof of identity is for STS in us-east-1, and this service asks the one in eu-west-1',
    },
    {
      case: 'of six minutes ago',
      value: { ...PROOF, date: '20260302T075400Z' },
      says: 'the proof of identity was signed at 20260302T075400Z, and it is 2026-03-02T08:00:30.000Z: check your clock, then repeat the command',
    },
    {
      case: 'of tomorrow',
      value: { ...PROOF, date: '20260303T080000Z' },
      says: 'the proof of identity was signed at 20260303T080000Z, and it is 2026-03-02T08:00:30.000Z: check your clock, then repeat the command',
    },
  ])('$case', async ({ value, says }) => {
    expect(await refusal(value)).toBe(says);
    expect(sent).toEqual([]);
  });

  test('members that a proof has not are left behind', async () => {
    await identify({ ...PROOF, by: 'eve', host: 'sts.evil.example' }, QUESTION, ports);
    expect(sent[0]?.proof).toEqual(PROOF);
  });
});
