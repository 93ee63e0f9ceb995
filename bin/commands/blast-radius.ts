import { Command } from 'commander';
import { PlumblineError } from '#core/errors.ts';
import { blastRadiusOf } from '#core/blast-radius.ts';
import type { Json } from '#core/json.ts';
import type { Scan } from '#core/scan.ts';
import type { Session } from '#aws/session.ts';
import { kindsById } from '#kinds';
import { loadBaseline } from '#lambda/baseline-store.ts';
import { proposalsFor, type Wish } from '#lambda/proposals.ts';
import { newestScan } from '#lambda/snapshot-store.ts';
import { renderBlastRadius } from '#render/blast-radius.ts';
import { readText, snapshotIn } from '../input-file.ts';
import { roleAsked, withAccountRoleOption, type AccountRoleOption } from '../accounts.ts';
import { withLiveOptions, withStoreOption, type LiveOptions } from '../live-options.ts';
import { knownShapes } from '../registry.ts';
import type { Outcome } from '../run.ts';
import type { StorePlace } from '../store-place.ts';
import { openStore, type Store } from '../store.ts';
import { readSettings, withProgress, type World } from '../world.ts';

interface BlastRadiusOptions extends LiveOptions, AccountRoleOption {
  readonly store: StorePlace;
  readonly set: readonly string[];
  readonly from?: string;
  readonly json?: boolean;
}

export function blastRadiusCommand(world: World, end: Outcome): Command {
  const command = new Command('blast-radius')
    .summary('what would flip if a setting were changed: what breaks, what is exposed, whose it is')
    .description(
      'Computes what a change would do before anybody makes it: which operations on which resources would be refused, useless or open, from the last snapshot in the store; where there is none, from AWS as it is now. Changes nothing.',
    )
    .requiredOption(
      '--set <setting=value>',
      'what would be set; may be repeated. A value is JSON, a word, or @FILE; null takes the setting away; += and -= add to and take from a list',
      (text: string, before?: readonly string[]) => [...(before ?? []), text],
    )
    .option('--from <file>', 'compute from a file that "plumbline snapshot" wrote; - is standard input')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      `
No evidence of use is looked at, so what is not affected is meant, and what is
affected may be unused. What only opens breaks nothing: it is said, and exits 0.

Exit codes: 0 nothing would be refused or useless that is not so now, 1 something
would, 2 that could not be computed, 64 wrong arguments or settings.

Examples:
  plumbline blast-radius --set s3-account-block.BlockPublicAcls=true
  plumbline blast-radius --set s3-bucket/my-bucket#policy=@new-policy.json --json
  plumbline blast-radius --set waf-ip-set/office+=203.0.113.0/24`,
    )
    .action(async (options: BlastRadiusOptions) => {
      const wishes = await wishesIn(world, options.set);
      const settings = await readSettings(world, options.settings);
      const { scan, store } = await scanFor(world, options);
      const loaded = await loadBaseline(store, scan.account, knownShapes);
      const proposals = proposalsFor(wishes, { scan, kinds: kindsById });
      const report = blastRadiusOf({
        scan,
        proposals,
        baseline: loaded?.baseline,
        kinds: kindsById,
        ownerTags: settings.ownerTags,
      });
      const { colour, width } = world;
      world.print(
        options.json === true ? `${JSON.stringify(report, null, 2)}\n` : renderBlastRadius(report, { colour, width }),
      );
      end(report.exitCode);
    });
  return withStoreOption(withLiveOptions(withAccountRoleOption(command)));
}

/** Splits each `setting=value`, and reads what a file holds. Throws ARGUMENT_INVALID. */
async function wishesIn(world: World, set: readonly string[]): Promise<readonly Wish[]> {
  const wishes: Wish[] = [];
  for (const text of set) {
    const at = text.indexOf('=');
    if (at < 1)
      throw new PlumblineError(
        'ARGUMENT_INVALID',
        `--set ${text}: write a setting and its value, such as s3-account-block.BlockPublicAcls=true`,
      );
    wishes.push([text.slice(0, at), await valueOf(world, text.slice(at + 1))]);
  }
  return wishes;
}

/** JSON, a file that holds some, or a word. */
async function valueOf(world: World, written: string): Promise<Json> {
  if (!written.startsWith('@')) {
    const value = parsed(written);
    // null is a value: the setting would be taken away.
    return value === undefined ? written : value;
  }
  const name = written.slice(1);
  const value = parsed(await readText(world, name));
  if (value !== undefined) return value;
  throw new PlumblineError('ARGUMENT_INVALID', `--set …=@${name}: the file is no JSON: give a policy or another value`);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

interface Seen {
  readonly scan: Scan;
  readonly store: Store;
}

/** What is there: in the file that was named, else in the newest snapshot of the store, else in AWS now. */
async function scanFor(world: World, options: BlastRadiusOptions): Promise<Seen> {
  let session: Promise<Session> | undefined;
  const signedIn = () => (session ??= import('../live.ts').then(({ signIn }) => signIn(world, options)));
  const { from } = options;
  if (from !== undefined) {
    const scan = snapshotIn(await readText(world, from), from);
    return { scan, store: await openStore(world, options.store, signedIn) };
  }
  const { enter, look } = await import('../live.ts');
  const role = roleAsked(options);
  const caller = await signedIn();
  const store = await openStore(world, options.store, signedIn);
  const account = role?.account ?? caller.account;
  const kept = await newestScan(store, account);
  if (kept !== undefined) return { scan: kept.scan, store };
  const settings = await readSettings(world, options.settings);
  const own = role === undefined ? caller : await enter(world, caller, { role });
  const scan = await withProgress(world, (onProgress) =>
    look(world, { session: own, options, settings, accepted: [], onProgress }),
  );
  return { scan, store };
}
