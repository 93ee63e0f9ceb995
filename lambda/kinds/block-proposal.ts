import { isJsonObject, type Json } from '#core/json.ts';
import { ABSENT, present, unreadable } from '#core/reading.ts';
import { nearest } from '#core/reference.ts';
import { BLOCK_FLAGS, blockFlags, flagsAt, NO_FLAGS, type BlockFlag } from '#core/s3/block.ts';
import type { Proposed, ProposalRequest } from './kind.ts';

/** A block as somebody proposes it: one flag of it, all of it, or none (`null`). */
export function proposedBlock({ member, value, state, how }: ProposalRequest): Proposed {
  if (how !== 'set') return { problem: 'a block is no list: write = instead of += or -=' };
  if (member === undefined) return wholeBlock(value);
  if (!isFlag(member)) return { problem: `there is no flag "${member}"${mendFor(member)}` };
  if (typeof value !== 'boolean')
    return { problem: `${JSON.stringify(value)} is no value of ${member}: write true or false` };
  const now = flagsAt(state.watched['publicAccessBlock']);
  // Beside one flag the others stay as they are, and what they are is not known.
  if (now.status === 'unreadable') return { reading: unreadable(now.code) };
  const flags = now.status === 'present' ? now.value : NO_FLAGS;
  return { reading: present<Json>({ ...flags, [member]: value }) };
}

function wholeBlock(value: Json): Proposed {
  if (value === null) return { reading: ABSENT };
  if (!isJsonObject(value)) return { problem: 'it is no block: write {"BlockPublicAcls": true, …}, or null for none' };
  const wrong = Object.entries(value).find(([flag, set]) => !isFlag(flag) || typeof set !== 'boolean');
  if (wrong === undefined) return { reading: present<Json>({ ...blockFlags(value) }) };
  const [flag, set] = wrong;
  return isFlag(flag)
    ? { problem: `${JSON.stringify(set)} is no value of ${flag}: write true or false` }
    : { problem: `there is no flag "${flag}"${mendFor(flag)}` };
}

function isFlag(name: string): name is BlockFlag {
  return (BLOCK_FLAGS as readonly string[]).includes(name);
}

function mendFor(flag: string): string {
  const near = nearest(flag, BLOCK_FLAGS);
  return near === undefined ? `: there are ${BLOCK_FLAGS.join(', ')}` : `; did you mean "${near}"?`;
}
