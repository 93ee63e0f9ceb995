import pMap from 'p-map';
import { createClients } from '#aws/clients.ts';
import { DynamoDbLedger } from '#aws/dynamodb-ledger.ts';
import { createReads } from '#aws/reads.ts';
import { S3Documents } from '#aws/s3-documents.ts';
import { ownPartsFrom, type LookScope } from '#core/own-parts.ts';
import { partsToRead, readPart } from '#kinds/plumbline-self/reader.ts';
import type { AwsReads } from '#kinds/kind.ts';
import { STORE_CALLS_AT_ONCE } from '#lambda/handlers/own-ports.ts';
import { PARTS_AT_ONCE } from '#lambda/handlers/self-watch-service.ts';
import { keepPartsDocument } from '#lambda/parts-keeping.ts';
import type { Documents, Ledger } from '#lambda/ports.ts';
import { watchParts } from '#lambda/self-watch.ts';
import type { AwsDouble } from '../../test/aws-double/client.ts';
import { ACCOUNT, REGION } from './buckets.ts';
import { DeployedAccount } from './deployed-account.ts';
import { STORE, TABLE } from './metered-service.ts';
import { Meter, type Usage } from './meter.ts';
import { OWN_LOOK, synthesise, type Layout } from './templates.ts';
import { VirtualInstance, VirtualWorld, type Assumptions } from './virtual-service.ts';
import { VirtualTime } from './virtual-time.ts';

/** A look of the service at itself: what it used, at how much, and how long it ran. */
export interface OwnLook {
  readonly usage: Usage;
  readonly parts: number;
  readonly ranMs: number;
}

/** Both sorts of looks, where nothing has changed since the one before. */
export interface OwnLooks {
  readonly everything: OwnLook;
  readonly unheard: OwnLook;
}

const START = Date.parse('2026-03-02T09:00:00.000Z');
/** What a function's share of a processor is reckoned by (assumptions.ts). */
const ASSUMED_MEMORY_MB = 1024;

interface Homes {
  readonly aws: AwsReads;
  readonly documents: Documents;
  readonly ledger: Ledger;
}

/** Looks at the service as it is deployed in a layout. The double's environment must be set. */
export async function measureOwnLooks(
  double: AwsDouble,
  layout: Layout,
  { assumptions, memoryMb }: { readonly assumptions: Assumptions; readonly memoryMb: number },
): Promise<OwnLooks> {
  const deployed = new DeployedAccount(synthesise(layout));
  const meter = new Meter();
  await double.misbehave({});
  await double.show({ account: ACCOUNT, regions: [REGION], buckets: { [STORE]: { region: REGION } } });
  const metered = meteredHomes(deployed, meter);
  const slower = { ...assumptions, processorMs: (assumptions.processorMs * ASSUMED_MEMORY_MB) / memoryMb };
  const time = new VirtualTime(START);
  const world = new VirtualWorld(time, deployed, slower);
  const simulated = new VirtualInstance(world, ACCOUNT, { reads: PARTS_AT_ONCE, store: STORE_CALLS_AT_ONCE });
  // The first look learns what was deployed.
  await look(deployed, metered, 'everything');
  await time.run(look(deployed, simulated, 'everything'));
  const one = async (scope: LookScope): Promise<OwnLook> => {
    meter.take();
    const parts = await look(deployed, metered, scope);
    const began = time.now();
    await time.run(look(deployed, simulated, scope));
    return { usage: meter.take(), parts, ranMs: Math.round(time.now() - began) };
  };
  return { everything: await one('everything'), unheard: await one('what may change unheard') };
}

/** Its own parts answered by the templates, and its own bucket and table by the double; a meter at all of them. */
function meteredHomes(deployed: DeployedAccount, meter: Meter): Homes {
  const now = (): Date => new Date(START);
  const parts = meter.answering((command) => deployed.answer(command), 'watched');
  const clients = meter.over(createClients({ globalRegion: REGION }), 'own');
  const own = createReads({ account: ACCOUNT, clients, concurrency: STORE_CALLS_AT_ONCE, now });
  return {
    aws: createReads({ account: ACCOUNT, clients: parts, concurrency: PARTS_AT_ONCE, now }),
    documents: new S3Documents(own, { bucket: STORE, prefix: '' }, REGION),
    ledger: new DynamoDbLedger(own, { table: TABLE, region: REGION }),
  };
}

/** As handlers/on-self.ts does it, composed as handlers/self-watch-service.ts composes it. Returns how many parts were looked at. */
async function look(deployed: DeployedAccount, { aws, documents, ledger }: Homes, scope: LookScope): Promise<number> {
  const { parts: told = {}, everythingEvery } = deployed.inputOf(OWN_LOOK);
  const parts = ownPartsFrom(told);
  await keepPartsDocument(documents, { account: ACCOUNT, region: REGION, parts: told });
  const {
    due,
    parts: count,
    lookedAt,
    unreadable,
  } = await watchParts([], {
    account: ACCOUNT,
    region: REGION,
    parts,
    documents,
    ledger,
    asking: { ask: nobodyIsAsked },
    now: aws.now,
    deployedAt: () => Promise.resolve(undefined),
    // No time passes between the looks here.
    everythingEvery: scope === 'everything' ? 0 : Number(everythingEvery),
    readParts: (wanted) =>
      pMap(
        partsToRead(parts, { account: ACCOUNT, region: REGION }, wanted),
        (part) => readPart(part, { partition: 'aws', aws }),
        { concurrency: PARTS_AT_ONCE },
      ),
  });
  if (lookedAt !== scope) throw new Error(`the look was at ${lookedAt}`);
  if (due > 0 || unreadable.length > 0)
    throw new Error(`nothing has changed, and ${due} are to be told, and unreadable: ${unreadable.join(', ')}`);
  return count;
}

function nobodyIsAsked(): Promise<never> {
  return Promise.reject(new Error('nothing was purged'));
}
