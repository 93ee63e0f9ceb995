// Reaches the SDK through what is deployed: loaded when a finding is asked about.
import type { DriftRecord } from '#core/drift-record.ts';
import { PlumblineError } from '#core/errors.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import type { Session } from '#aws/session.ts';
import { kindsById } from '#kinds';
import { findingIn } from '#lambda/acts.ts';
import { findingImpact } from '#lambda/finding-impact.ts';
import type { Documents } from '#lambda/ports.ts';
import { FINDING, recordsOf } from '#lambda/finding-family.ts';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { renderImpact } from '#render/impact.ts';
import { askDeployed } from './deployed.ts';
import { evidencePort } from './evidence-port.ts';
import type { EvidenceOptions } from './evidence-source.ts';
import type { LiveOptions } from './live-options.ts';
import { knownShapes } from './registry.ts';
import type { StorePlace } from './store-place.ts';
import { openStore } from './store.ts';
import { readSettings, type World } from './world.ts';

export interface FindingOptions extends EvidenceOptions, Pick<LiveOptions, 'profile' | 'settings'> {
  readonly store: StorePlace;
  readonly finding: string;
  readonly json?: boolean;
}

/** Prints what a finding broke; its exit code. Throws PlumblineError. */
export async function tellImpact(
  world: World,
  options: FindingOptions,
  signedIn: () => Promise<Session>,
): Promise<0 | 1 | 2> {
  const settings = await readSettings(world, options.settings);
  const evidence = evidencePort(world, options, signedIn);
  const documents = await openStore(world, options.store, signedIn);
  const { finding, records } = await findingOf(world, documents, options);
  const ports = { documents, kinds: kindsById, shapes: knownShapes, now: () => world.now() };
  const document = await findingImpact({ finding, records, applications: settings.applications, evidence }, ports);
  const { colour, width } = world;
  world.print(
    options.json === true ? `${JSON.stringify(document, null, 2)}\n` : renderImpact(document, { colour, width }),
  );
  return document.exitCode;
}

interface Found {
  readonly finding: FindingRecord;
  readonly records: readonly DriftRecord[];
}

/** The finding and its drifts: of a folder from its own ledger, of a bucket from the service that it belongs to. */
async function findingOf(world: World, documents: Documents, options: FindingOptions): Promise<Found> {
  if (options.store.in === 'folder') {
    const ledger = new DocumentsLedger(documents);
    if ((await ledger.list(FINDING)).length === 0)
      throw new PlumblineError(
        'REFERENCE_INVALID',
        `--finding ${options.finding}: ${options.store.folder} has no findings, which a deployed service keeps: name its store, such as --store s3://BUCKET`,
      );
    const finding = await findingIn(options.finding, { ledger });
    return { finding, records: await recordsOf(finding, { ledger }) };
  }
  const { document } = await askDeployed(world, options, { ask: 'findings', finding: options.finding });
  const { finding, drifts = [] } = document;
  if (finding === undefined)
    throw new PlumblineError('INPUT_INVALID', 'the service answered with no finding: "plumbline doctor" tells why');
  return {
    finding: finding as unknown as FindingRecord,
    records: drifts as unknown as readonly DriftRecord[],
  };
}
