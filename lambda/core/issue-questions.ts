import type { CloudTrailEvent } from './event.ts';
import { temporaryKeyOf, walkBack } from './session-chain.ts';
import { STS_ISSUING_CALLS, type Issues } from './session-issues.ts';

/** What to ask of CloudTrail's history: in each of the regions, once. */
export interface IssueQuestion {
  /** Look up by resource name: the history names the key that an event gave out among its resources, so this finds that event alone. */
  readonly accessKey?: string;
  /** Look up by these names where there is no key, or where it was changed during the session. */
  readonly names: readonly string[];
  readonly regions: readonly string[];
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
}

const MARGIN_MS = 10_000;
/** GetSessionToken and GetFederationToken give at most this (STS API); a role's session lasts 12 hours. */
const LONGEST_SESSION_MS = 36 * 60 * 60 * 1000;

/**
 * Where and when CloudTrail's history has the event that explains more than `issues` do; undefined where nobody can say more, or who it
 * was is known. With what it finds among `issues` it asks for the next one. The history is of one account and of one region
 * (aws-facts §4.6): the region of the call, and where calls of the global endpoint are recorded. A regional endpoint elsewhere is not
 * among them. Pure.
 */
export function issueQuestion(event: CloudTrailEvent, issues: Issues): IssueQuestion | undefined {
  const { end, last } = walkBack(event, issues);
  const { actor, at, region } = last;
  const accessKey = temporaryKeyOf(actor);
  if (end !== 'not-found' || (accessKey === undefined && (actor.arn === undefined || actor.sessionBegan === undefined)))
    return undefined;
  const from =
    Date.parse(actor.sessionBegan ?? at) - (actor.sessionBegan === undefined ? LONGEST_SESSION_MS : MARGIN_MS);
  return {
    ...(accessKey === undefined ? {} : { accessKey }),
    names: STS_ISSUING_CALLS,
    regions: [...new Set([region, ...globalRegionOf(region)])],
    from: new Date(from).toISOString(),
    to: new Date(Date.parse(actor.sessionBegan ?? at) + MARGIN_MS).toISOString(),
  };
}

/** Calls of `sts.amazonaws.com` are recorded there, wherever they are served (IAM user guide); other partitions have no such endpoint. */
function globalRegionOf(region: string): readonly string[] {
  return /^(?:cn|us-gov|us-iso\w*|eu-isoe|eusc)-/.test(region) ? [] : ['us-east-1'];
}

/** What would say more: of trail logs everything may be asked. */
export interface WantedIssue {
  readonly accessKey?: string;
  readonly session?: { readonly arn: string; readonly began: string };
}

/** Which session of a chain no event explains, even where it is known whose it is. Undefined where no event can. Pure. */
export function wantedBy(event: CloudTrailEvent, issues: Issues): WantedIssue | undefined {
  const { end, last } = walkBack(event, issues);
  const { arn, sessionBegan } = last.actor;
  const accessKey = temporaryKeyOf(last.actor);
  const session = arn === undefined || sessionBegan === undefined ? undefined : { arn, began: sessionBegan };
  if (end === 'cut' || (accessKey === undefined && session === undefined)) return undefined;
  return { ...(accessKey === undefined ? {} : { accessKey }), ...(session === undefined ? {} : { session }) };
}
