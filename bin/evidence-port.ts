import type { Session } from '#aws/session.ts';
import type { EvidencePort } from '#lambda/symptom-document.ts';
import { readEvidenceOf, type EvidenceOptions } from './evidence-source.ts';
import { withProgress, type World } from './world.ts';

/** Where logs of use lie, and how they are read beside changes. */
export interface NamedEvidence {
  readonly place: string;
  readonly read: EvidencePort;
}

/** The logs that the options name; undefined where they name none. */
export function evidencePort(
  world: World,
  { evidence = [], evidenceSince }: EvidenceOptions,
  signedIn: () => Promise<Session>,
): NamedEvidence | undefined {
  if (evidence.length === 0) return undefined;
  return {
    place: evidence.join(', '),
    read: ({ marks, from, buckets }) =>
      withProgress(
        world,
        (onProgress) =>
          readEvidenceOf(
            world,
            { evidence, ...sinceOf(evidenceSince ?? from) },
            { marks, ...(buckets === undefined ? {} : { buckets: new Set(buckets) }), signedIn, onProgress },
          ),
        'looking for logs',
      ),
  };
}

/** Nobody says since when: from so long before the changes that what is older than they can be told from what is not. */
function sinceOf(evidenceSince: string | undefined): Pick<EvidenceOptions, 'evidenceSince'> {
  return evidenceSince === undefined ? {} : { evidenceSince };
}
