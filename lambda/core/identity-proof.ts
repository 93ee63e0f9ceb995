import { digestOf } from './digest.ts';
import { canonicalJson, isJsonObject, textOf, type JsonObject } from './json.ts';

/**
 * A request to STS, "who am I", that its owner signed and did not send: whoever sends it for them learns who signed it, from AWS, and
 * nothing else can be done with it (docs/decisions/0021). These are the parts that the signer chose; all else is put in by whoever sends
 * it, so it can be sent nowhere else and for no other question.
 */
export interface IdentityProof {
  /** `AKIA…/20260302/eu-west-1/sts/aws4_request`. */
  readonly credential: string;
  /** `20260302T080000Z`. */
  readonly date: string;
  /** 64 hexadecimal digits. */
  readonly signature: string;
  /** Of credentials that end. */
  readonly token?: string;
}

/** What a proof is for: this question, to the service whose documents are there. */
export interface Binding {
  /** `s3://bucket`: the name is one in all of AWS, and the person typed it, so no other service can have it signed for itself. */
  readonly store: string;
  readonly question: JsonObject;
}

/** What STS is asked, as both sides write it: one byte more and the signature is of something else. */
export const IDENTITY_REQUEST = {
  contentType: 'application/x-www-form-urlencoded',
  body: 'Action=GetCallerIdentity&Version=2011-06-15',
} as const;

const STORE_HEADER = 'x-plumbline-store';
const QUESTION_HEADER = 'x-plumbline-question';

/** The headers that bind a proof; they are signed, and STS reads none of them. */
export function bindingHeaders({ store, question }: Binding): Readonly<Record<string, string>> {
  return { [QUESTION_HEADER]: digestOf(canonicalJson(question)), [STORE_HEADER]: store };
}

/** The header that carries the signature, put together anew: what is signed is not for the signer to say. */
export function authorizationOf({ credential, signature, token }: IdentityProof): string {
  const signed = [
    'content-type',
    'host',
    'x-amz-date',
    ...(token === undefined ? [] : ['x-amz-security-token']),
    QUESTION_HEADER,
    STORE_HEADER,
  ];
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed.join(';')}, Signature=${signature}`;
}

/** The proof that a signed request holds; undefined where it was signed in another way. */
export function proofOf(headers: Readonly<Record<string, string>>): IdentityProof | undefined {
  const [, credential = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,\s]+), SignedHeaders=[^,\s]+, Signature=([0-9a-f]{64})$/.exec(
      headers['authorization'] ?? '',
    ) ?? [];
  const date = headers['x-amz-date'];
  const token = headers['x-amz-security-token'];
  if (credential === '' || date === undefined) return undefined;
  const proof = { credential, date, signature, ...(token === undefined ? {} : { token }) };
  return authorizationOf(proof) === headers['authorization'] ? proof : undefined;
}

/** A proof is sent at once; the rest is for clocks that differ. */
export const PROOF_LIVES_MS = 5 * 60_000;

/** A session token is some kilobytes of Base64; what is longer or something else is none. */
const TOKEN = /^[\w+/=-]{1,8192}$/;

export interface ProofTerms {
  readonly region: string;
  readonly now: Date;
}

/** Reads a proof strictly; or says in a sentence what is wrong with it. Whether it is true, STS alone knows. */
export function readProof(
  value: unknown,
  { region, now }: ProofTerms,
): { readonly proof: IdentityProof } | { readonly problem: string } {
  const proof = proofIn(value);
  if (proof === undefined)
    return { problem: 'the proof of identity is none: send it with the command line, which makes one' };
  const scope = proof.credential.split('/')[2] ?? '';
  if (scope !== region)
    return { problem: `the proof of identity is for STS in ${scope}, and this service asks the one in ${region}` };
  // Written so that a time that is no number is refused too.
  if (!(Math.abs(now.getTime() - timeOf(proof.date)) <= PROOF_LIVES_MS))
    return {
      problem: `the proof of identity was signed at ${proof.date}, and it is ${now.toISOString()}: check your clock, then repeat the command`,
    };
  return { proof };
}

const CREDENTIAL = /^\w{1,128}\/\d{8}\/[a-z0-9-]+\/sts\/aws4_request$/;
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
/** One writing for one signature: what was used is known by it. */
const SIGNATURE = /^[0-9a-f]{64}$/;

/** The parts that a proof has, and no others. */
function proofIn(value: unknown): IdentityProof | undefined {
  if (!isJsonObject(value)) return undefined;
  const [credential, date, signature, token] = ['credential', 'date', 'signature', 'token'].map((name) =>
    textOf(value[name]),
  );
  if (credential === undefined || date === undefined || signature === undefined) return undefined;
  if (!CREDENTIAL.test(credential) || !DATE.test(date) || !SIGNATURE.test(signature)) return undefined;
  if (value['token'] === undefined) return { credential, date, signature };
  return token !== undefined && TOKEN.test(token) ? { credential, date, signature, token } : undefined;
}

function timeOf(date: string): number {
  return Date.parse(date.replace(DATE, '$1-$2-$3T$4:$5:$6Z'));
}
