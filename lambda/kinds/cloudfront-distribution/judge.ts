import { originChangeSaid } from '#core/cloudfront/origin-change.ts';
import { originIn, originText } from '#core/cloudfront/origin.ts';
import { enabledFact, servedFact, targetsOf } from '#core/cloudfront/origins.ts';
import { rootOf } from '#core/declaration.ts';
import { listIn } from '#core/comparison.ts';
import type { Breakage, Change, Exposure } from '#core/change.ts';
import { isJsonObject, textOf, type Json } from '#core/json.ts';
import { judged, type JudgeRequest, type Judgement, type KindJudge } from '#core/judge.ts';
import { valueOf } from '#core/reading.ts';
import type { State } from '#core/state.ts';

/**
 * Says what a change does by what stands in the distribution itself. What a bucket makes of unsigned requests stands in the bucket, which is
 * not read with it: so an origin that signs no more may break, and is not said to.
 */
export const judge: KindJudge = {
  changes: (changes, request) => changes.map((change) => judged(change, judgementOf(change, request))),
};

function judgement(exposure: Exposure, breakage: Breakage, ...effects: readonly string[]): Judgement {
  return { exposure, breakage, opensToWorld: false, effects, flips: [] };
}

const NOT_JUDGED = judgement('unknown', 'unknown');

function judgementOf(change: Change, { before, after }: JudgeRequest): Judgement {
  if (before === undefined) return after === undefined ? NOT_JUDGED : ofCreation(after);
  if (after === undefined) return ofDeletion(before);
  const root = rootOf(change.path);
  if (root === 'enabled') return ofEnabling(change, after);
  if (isDisabled(before) && isDisabled(after)) return judgement('same', 'none', DISABLED);
  const member = { before, after, id: change.path.slice(root.length + 1) };
  switch (root) {
    case 'webAcl':
      return ofWebAcl(change);
    case 'origins':
      return ofOrigin(change, member);
    case 'behaviors':
      return ofBehavior(change, member);
    default:
      return NOT_JUDGED;
  }
}

const DISABLED = 'The distribution is disabled, before as after: nobody gets anything from it.';
const UNSERVED = 'The distribution serves no path from this origin, before as after.';
const UNASKED = 'It is asked only for paths that are served from it, which is told with those.';

/** Surely: one that was not read is taken for enabled. */
function isDisabled({ watched }: State): boolean {
  return enabledFact(watched['enabled']).is === false;
}

function ofCreation(after: State): Judgement {
  if (isDisabled(after)) return judgement('same', 'none', 'It is disabled: nobody gets anything from it.');
  const origins = valueOf(after.watched['origins']);
  if (!isJsonObject(origins))
    return judgement('unknown', 'none', 'What it passes on to whoever asks is not known: its origins were not read.');
  const from = Object.values(origins).flatMap((one) => {
    const origin = originIn(one);
    return origin === undefined ? [] : [originText(origin)];
  });
  const webAcl = after.watched['webAcl'];
  const before =
    webAcl?.status === 'present'
      ? `web ACL ${webAclName(webAcl.value)} stands before it`
      : webAcl?.status === 'absent'
        ? 'no web ACL stands before it'
        : 'whether a web ACL stands before it is not known';
  return judgement('unknown', 'none', `It passes on to whoever asks what it gets from ${from.join(', ')}; ${before}.`);
}

function ofDeletion(before: State): Judgement {
  return isDisabled(before)
    ? judgement('same', 'none', 'It was disabled: nobody got anything from it.')
    : judgement('narrowed', 'breaks', answersNobody(before));
}

function ofEnabling({ after }: Change, state: State): Judgement {
  switch (valueOf(after)) {
    case true:
      return judgement(
        'widened',
        'restores',
        `CloudFront answers by the names of this distribution again: ${namesOf(state)}.`,
      );
    case false:
      return judgement('narrowed', 'breaks', answersNobody(state));
    default:
      return NOT_JUDGED;
  }
}

function answersNobody(state: State): string {
  return `CloudFront answers nobody by the names of this distribution any more: ${namesOf(state)}.`;
}

function namesOf({ ref, carried }: State): string {
  const names = [...listIn(carried['aliases'] ?? []), carried['domainName'] ?? ''].flatMap((one) => textOf(one) || []);
  return names.length === 0 ? ref.id : names.join(', ');
}

function ofWebAcl({ before, after }: Change): Judgement {
  const [was, is] = [valueOf(before), valueOf(after)];
  if (is === undefined)
    return judgement(
      'widened',
      'none',
      `No web ACL stands before it any more: whoever ${webAclName(was)} blocked gets through.`,
    );
  return was === undefined
    ? judgement(
        'narrowed',
        'may-break',
        `Web ACL ${webAclName(is)} stands before it: what that blocks is refused, with 403 unless the web ACL says otherwise.`,
      )
    : judgement(
        'unknown',
        'may-break',
        `Web ACL ${webAclName(is)} stands before it instead of ${webAclName(was)}: other rules decide who is blocked.`,
      );
}

/** The name in `arn:…:global/webacl/NAME/ID`; of WAF Classic there is an id alone. */
function webAclName(value: Json | undefined): string {
  const text = textOf(value) ?? '';
  return /\/webacl\/([^/]+)\//.exec(text)?.[1] ?? text;
}

interface Member {
  readonly before: State;
  readonly after: State;
  readonly id: string;
}

function ofOrigin(change: Change, { before, after, id }: Member): Judgement {
  const isServed = [before, after].map(({ watched }) => servedFact(watched['behaviors'], id).is);
  if (isServed.every((is) => is === false)) return judgement('same', 'none', UNSERVED);
  const [was, is] = [originIn(valueOf(change.before)), originIn(valueOf(change.after))];
  if (id === '') return NOT_JUDGED;
  if (was === undefined || is === undefined) return judgement('same', 'none', UNASKED);
  const { exposure, breakage, effects } = originChangeSaid(was, is);
  return judgement(exposure, breakage, ...effects);
}

function ofBehavior(change: Change, { before, after, id }: Member): Judgement {
  if (id === '') return NOT_JUDGED;
  const [was, is] = [servedBy(change.before, before), servedBy(change.after, after)];
  const now = is === undefined ? 'falls to another path now' : `is served from ${is}`;
  const then = was === undefined ? 'it fell to another path' : `from ${was}`;
  return judgement('unknown', 'may-break', `What ${id} matches ${now}; before, ${then}.`);
}

function servedBy(target: Change['before'], { watched }: State): string | undefined {
  if (target.status !== 'present') return undefined;
  const origins = valueOf(watched['origins']);
  return targetsOf(target.value)
    .map((id) => {
      const origin = originIn(isJsonObject(origins) ? origins[id] : undefined);
      return origin === undefined ? id : `${originText(origin)} (${id})`;
    })
    .join(', or else ');
}
