import { PlumblineError } from '#core/errors.ts';
import { digestOf } from '#core/digest.ts';
import { PROOF_LIVES_MS, readProof, type Binding, type IdentityProof } from '#core/identity-proof.ts';
import type { JsonObject } from '#core/json.ts';
import type { Ledger } from './ports.ts';

export interface IdentityPorts {
  readonly account: string;
  readonly region: string;
  /** Where the service's documents are: what a proof is made for. */
  readonly store: string;
  readonly ledger: Ledger;
  readonly now: () => Date;
  /** Sends what was signed to STS, and gives the ARN that it answers. Throws CREDENTIALS_UNUSABLE or AWS_UNREACHABLE. */
  readonly askWhoSigned: (proof: IdentityProof, binding: Binding) => Promise<string>;
}

const FAMILY = 'proof';

/**
 * Who asks this question: what STS says of who signed the proof. A proof is for this question and this service, for a few minutes, and
 * for once (docs/decisions/0021). Throws CREDENTIALS_UNUSABLE.
 */
export async function identify(value: unknown, question: JsonObject, ports: IdentityPorts): Promise<string> {
  const { account, region, store, ledger, now } = ports;
  const read = readProof(value, { region, now: now() });
  if ('problem' in read) throw unproved(read.problem);
  const arn = await ports.askWhoSigned(read.proof, { store, question });
  const of = arn.split(':')[4];
  if (of !== account)
    throw unproved(
      `${arn} is of another account than this service, ${account}: assume a role in it, then repeat the command`,
    );
  // Only what STS took is remembered, so nobody fills the table with what they made up.
  const expiresAt = new Date(now().getTime() + 4 * PROOF_LIVES_MS).toISOString();
  const id = digestOf(read.proof.signature);
  if ((await ledger.write({ family: FAMILY, id, revision: 0, body: { by: arn }, expiresAt })) === 'conflict')
    throw unproved('the proof of identity was used already, and is good for one question: repeat the command');
  return arn;
}

function unproved(says: string): PlumblineError {
  return new PlumblineError('CREDENTIALS_UNUSABLE', says);
}
