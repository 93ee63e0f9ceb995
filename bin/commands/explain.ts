import { Command } from 'commander';
import { printRef } from '#core/reference.ts';
import type { Session } from '#aws/session.ts';
import { kindsById } from '#kinds';
import { loadBaseline } from '#lambda/baseline-store.ts';
import { explanationDocument, readSubject, subjectIn, type ExplainedBucket, type Subject } from '#lambda/explain.ts';
import { renderExplanation } from '#render/explanation.ts';
import { printable } from '#render/printable.ts';
import { clock } from '#render/clock.ts';
import { readText, snapshotIn } from '../input-file.ts';
import { roleAsked, withAccountRoleOption, type AccountRoleOption } from '../accounts.ts';
import { withLiveOptions, withStoreOption, type LiveOptions } from '../live-options.ts';
import type { StorePlace } from '../store-place.ts';
import { openStore } from '../store.ts';
import type { Outcome } from '../run.ts';
import { withProgress, type World } from '../world.ts';
import { knownShapes } from '../registry.ts';

interface ExplainOptions extends LiveOptions, AccountRoleOption {
  readonly store: StorePlace;
  readonly snapshot?: string;
  readonly json?: boolean;
  readonly all?: boolean;
}

export function explainCommand(world: World, end: Outcome): Command {
  const command = new Command('explain')
    .summary('who gets into a bucket, by which door, and what turning a flag would do')
    .description(
      'Explains one bucket: which level sets which flag and what counts in the end; for each class of operation who gets through and by which door; and what turning a level’s flag on or off would change. Reads that bucket and the account’s block, or a snapshot file.',
    )
    .argument('<bucket>', 'the bucket: its name, or any unambiguous tail of its reference')
    .option(
      '--snapshot <file>',
      'explain from a file that "plumbline snapshot" wrote, without AWS; - is standard input',
    )
    .option('--all', 'every class of operation, also those of which nothing is here')
    .option('--json', 'print the explanation as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 explained, 2 something that matters could not be read, 64 wrong arguments or settings.\n\nExamples:\n  plumbline explain my-bucket\n  plumbline explain my-bucket --snapshot before.json --json | jq ".explanation.whatIf"',
    )
    .action(async (name: string, options: ExplainOptions) => {
      const signedIn = signingIn(world, options);
      const subject = await subjectFor(world, name, { options, signedIn });
      const store = await openStore(world, options.store, signedIn);
      const loaded = await loadBaseline(store, subject.state.ref.account, knownShapes);
      const explained = explanationDocument(subject, loaded?.baseline, kindsById);
      if (options.json === true) {
        world.print(`${JSON.stringify(explained, null, 2)}\n`);
      } else {
        const { colour, width } = world;
        const parts = options.all === true ? 'all' : 'most';
        world.print(renderExplanation(explained.explanation, { colour, width, parts, head: headOf(explained) }));
      }
      end(explained.exitCode);
    });
  return withStoreOption(withLiveOptions(withAccountRoleOption(command)));
}

/** Signs in when it is first needed: with a snapshot, and the store in a folder, it never is. */
function signingIn(world: World, options: ExplainOptions): () => Promise<Session> {
  let session: Promise<Session> | undefined;
  return () => (session ??= import('../live.ts').then(({ signIn }) => signIn(world, options)));
}

interface SubjectRequest {
  readonly options: ExplainOptions;
  readonly signedIn: () => Promise<Session>;
}

async function subjectFor(world: World, name: string, { options, signedIn }: SubjectRequest): Promise<Subject> {
  const { snapshot } = options;
  if (snapshot !== undefined) return subjectIn(snapshotIn(await readText(world, snapshot), snapshot), name, kindsById);
  const { enter, readsOf } = await import('../live.ts');
  const role = roleAsked(options);
  const caller = await signedIn();
  const session = role === undefined ? caller : await enter(world, caller, { role });
  return withProgress(world, () => readSubject(name, { aws: readsOf(world, session, options), kinds: kindsById }));
}

function headOf({ ref, takenAt, aclSeenAt }: ExplainedBucket): readonly string[] {
  return [
    `${printable(printRef(ref))}, as read at ${clock(takenAt)}`,
    ...(aclSeenAt === undefined
      ? []
      : [
          `Its ACL as it was accepted, seen at ${clock(aclSeenAt)}: S3 hides public grants while IgnorePublicAcls is on`,
        ]),
  ];
}
