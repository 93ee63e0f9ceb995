import type { ProposedBlastRadius } from '#core/accounts-blast-radius.ts';
import { blastRadiusOf, type BlastRadiusRequest } from '#core/blast-radius.ts';
import type { PlannedChanges } from '#core/planned/planned-changes.ts';
import type { Listing, Scan } from '#core/scan.ts';
import { proposalsPlanned, withoutRepeats, type Understood } from './planned-proposals.ts';
import { proposalsFor, wishesHere, type ProposalPorts, type Wish } from './proposals.ts';
import { proposalsBetween } from './snapshot-proposals.ts';

/** What somebody thinks of changing, in whatever form. */
export type Asked =
  | { readonly by: 'set'; readonly wishes: readonly Wish[] }
  | { readonly by: 'snapshot'; readonly after: Scan }
  | { readonly by: 'plan'; readonly planned: PlannedChanges };

export interface AskedPorts
  extends ProposalPorts, Pick<BlastRadiusRequest, 'baseline' | 'ownerTags' | 'evidence' | 'applications'> {
  /** One of several accounts: a name that is not here may be in another. */
  readonly isOneOfMany: boolean;
}

/** What is asked would do in one account. Pure. Throws REFERENCE_INVALID, ARGUMENT_INVALID or INPUT_INVALID. */
export function answerTo(asked: Asked, ports: AskedPorts): ProposedBlastRadius {
  const { isOneOfMany, ...request } = ports;
  const { proposals, unknown, notJudged } = withoutRepeats(understood(asked, ports));
  const report = blastRadiusOf({ ...request, proposals, unknown });
  return asked.by === 'set' && !isOneOfMany ? report : { ...report, notJudged };
}

function understood(asked: Asked, ports: AskedPorts): Understood {
  switch (asked.by) {
    case 'set':
      return ports.isOneOfMany
        ? wished(asked.wishes, ports)
        : { proposals: proposalsFor(asked.wishes, ports), unknown: [], notJudged: [] };
    case 'snapshot':
      return proposalsBetween(asked.after, ports);
    case 'plan':
      return proposalsPlanned(asked.planned, ports);
  }
}

/** Of several accounts: what is not here is perhaps in another; what a list that was cut short does not name may be here. */
function wished(wishes: readonly Wish[], ports: AskedPorts): Understood {
  const { here, missing } = wishesHere(wishes, ports);
  const doubts = missing.map((name) => ({ name, cut: cutListOf(name, ports) }));
  return {
    proposals: here.length === 0 ? [] : proposalsFor(here, ports),
    unknown: doubts.flatMap(({ name, cut }) =>
      cut === undefined
        ? []
        : [
            {
              why: `whether ${name} is there is not known: the list of ${cut.kind} was not complete in ${cut.region}`,
            },
          ],
    ),
    notJudged: doubts.flatMap(({ name, cut }) =>
      cut === undefined ? [{ name, why: 'not there', isMissing: true }] : [],
    ),
  };
}

/** A list in which the name could stand and that is not whole; of any kind, where the name tells none. */
function cutListOf(name: string, { scan, kinds }: AskedPorts): Listing | undefined {
  const told = name.split('/').find((part) => kinds.has(part));
  return scan.listings.find(({ kind, complete }) => !complete && (told === undefined || kind === told));
}
