import { gravestOf, type Breakage, type Exposure } from '#core/change.ts';
import { rootOf } from '#core/declaration.ts';
import { isJsonObject, isSameJson, type Json, type JsonObject } from '#core/json.ts';
import { judged, type JudgeRequest, type Judgement, type KindJudge } from '#core/judge.ts';
import type { State } from '#core/state.ts';

/**
 * Says what the policy itself does: what S3 makes of the account's block, and who can still change that. What it does to buckets is told
 * with the account's block, whose value is the policy's: told here too, it would count twice.
 */
export const judge: KindJudge = {
  changes(changes, request) {
    return changes.map((change) =>
      judged(change, judgementOf(change.path.slice(rootOf(change.path).length + 1), request)),
    );
  },
};

interface Meaning {
  readonly exposure: Exposure;
  readonly breakage: Breakage;
  readonly effects: readonly string[];
}

const NOT_KNOWN: Meaning = { exposure: 'unknown', breakage: 'unknown', effects: [] };

/** Of one member of the policy; of the whole, where no member is named. */
function judgementOf(member: string, { before, after }: JudgeRequest): Judgement {
  const [was, is] = [settingsAt(before), settingsAt(after)];
  return { opensToWorld: false, flips: [], ...(was && is ? meaningOf(member, was, is) : NOT_KNOWN) };
}

function meaningOf(member: string, was: JsonObject, is: JsonObject): Meaning {
  const isMoved = (name: string): boolean =>
    (member === '' || member === name) && !isSameJson(was[name] ?? null, is[name] ?? null);
  const meanings = [
    ...(isMoved('publicAccessBlock') ? [meaningOfBlock(was['publicAccessBlock'], is['publicAccessBlock'])] : []),
    ...(isMoved('others') ? [{ ...NOT_KNOWN, effects: [OTHERS] }] : []),
  ];
  if (meanings.length === 0) return { exposure: 'same', breakage: 'none', effects: [NOTHING] };
  return { ...gravestOf(meanings), effects: meanings.flatMap(({ effects }) => effects) };
}

/** What the policy sets: nothing where none applies; undefined where that is not known. */
function settingsAt(state: State | undefined): JsonObject | undefined {
  const reading = state?.watched['effectivePolicy'];
  // A resource that was not there had no policy.
  if (state === undefined || reading?.status === 'absent') return {};
  return reading?.status === 'present' && isJsonObject(reading.value) ? reading.value : undefined;
}

function meaningOfBlock(was: Json | undefined, is: Json | undefined): Meaning {
  switch (is) {
    // Whatever was on before: deployments that set the account's block fail from now on.
    case 'all':
      return {
        exposure: was === 'none' ? 'narrowed' : 'unknown',
        breakage: 'may-break',
        effects: [BLOCK_ON, LOCKED, BELOW],
      };
    // Whatever was off before: nobody in the account can shut it any more (aws-facts §1.8).
    case 'none':
      return {
        exposure: 'widened',
        breakage: was === 'all' ? 'restores' : 'may-break',
        effects: [BLOCK_OFF, LOCKED, BELOW],
      };
    case undefined:
      return {
        exposure: 'unknown',
        breakage: was === 'all' ? 'restores' : 'unknown',
        effects: [`${OWN_AGAIN}${afterwards(was)}.`, BELOW],
      };
    default:
      return { ...NOT_KNOWN, effects: [BLOCK_UNKNOWN, BELOW] };
  }
}

function afterwards(was: Json | undefined): string {
  if (was === 'all') return ': where they are off, what the policy shut is open again';
  return was === 'none' ? ': where they are on, what the policy held open is shut again' : '';
}

const BLOCK_ON =
  "An organisation's S3 policy turns the four flags of the account's block on, whatever the account itself set; S3 keeps the account's own settings, and they count again when the policy goes.";
const BLOCK_OFF =
  "An organisation's S3 policy turns the four flags of the account's block off, whatever the account itself set: from now on only what a bucket or an access point blocks itself is blocked.";
const BLOCK_UNKNOWN =
  "An organisation's S3 policy sets the account's block to a value that Plumbline does not know, so what S3 makes of it is not known.";
/** The refusal in AWS's own words, as whoever deploys will meet it (aws-facts §1.8). */
const LOCKED =
  'While it applies the account\'s block cannot be changed in this account: to put or delete it is refused with 403 AccessDenied, "This account does not allow changes to its account-level S3 Block Public Access settings due to an organizational S3 Block Public Access policy in effect."';
const BELOW = "What that does to buckets is told with the account's block, where that moves with it.";
const OWN_AGAIN =
  "No organisation's S3 policy sets the account's block any more, and it can be changed in this account again. The account's own settings, which S3 kept, count again at once";
const NOTHING = "The organisation's S3 policy sets nothing of the account's block, so nothing changes in effect.";
const OTHERS =
  "The organisation's S3 policy moves a setting that Plumbline does not know, so what that does is not known.";
