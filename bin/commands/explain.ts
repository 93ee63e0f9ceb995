import { Command } from 'commander';
import { PlumblineError } from '#core/errors.ts';
import { printRef } from '#core/reference.ts';
import type { Session } from '#aws/session.ts';
import { kindsById } from '#kinds';
import { loadBaseline } from '#lambda/baseline-store.ts';
import { explanationDocument, readSubject, subjectIn, type ExplainedBucket, type Subject } from '#lambda/explain.ts';
import { renderExplanation } from '#render/explanation.ts';
import { printable } from '#render/printable.ts';
import { clock } from '#render/clock.ts';
import { readText, snapshotIn } from '../input-file.ts';
import { USUAL_SINCE } from '#lambda/symptom-question.ts';
import { roleAsked, withAccountRoleOption } from '../accounts.ts';
import { withLiveOptions, withStoreOption } from '../live-options.ts';
import { withEvidenceOptions } from '../evidence-source.ts';
import type { SymptomOptions } from '../symptom.ts';
import { openStore } from '../store.ts';
import type { Outcome } from '../run.ts';
import { withProgress, type World } from '../world.ts';
import { knownShapes } from '../registry.ts';

interface ExplainOptions extends SymptomOptions {
  readonly snapshot?: string;
  readonly all?: boolean;
}

export function explainCommand(world: World, end: Outcome): Command {
  const command = withEvidenceOptions(new Command('explain'))
    .summary('who gets into a bucket and by which door; or which change explains a failure')
    .description(
      'Explains one bucket: which level sets which flag and what counts in the end; for each class of operation who gets through and by which door; and what turning a level’s flag on or off would change. Reads that bucket and the account’s block, or a snapshot file.\n\nWith --symptom it explains a failure: which of all that changed before it can have caused it, and why nothing else can.',
    )
    .argument('[bucket]', 'the bucket: its name, or any unambiguous tail of its reference')
    .option(
      '--snapshot <file>',
      'explain from a file that "plumbline snapshot" wrote, without AWS; - is standard input',
    )
    .option('--all', 'every class of operation, also those of which nothing is here')
    .option(
      '--symptom <text>',
      'what failed, as it was copied from a log: an error, an operation and a bucket, in any order',
    )
    .option(
      '--at <time>',
      'when it failed: a time such as 2025-10-28T14:00Z, how long ago, such as 2h, or 15:03 of today where the team is (default: now)',
    )
    .option(
      '--since <time>',
      `look at changes from then on: a time, or so long before the failure (default: ${USUAL_SINCE})`,
    )
    .option(
      '--snapshots <files...>',
      'look at what differs between two files of "plumbline snapshot", the older one first',
    )
    .option(
      '--trail-logs <place>',
      'beside --snapshots, the logs of a trail that tell who called: a folder, a file, or s3://bucket/prefix',
    )
    .option('--json', 'print the explanation as JSON')
    .addHelpText(
      'after',
      `
Changes before a failure come from the records of a deployed service (--store), from
two snapshots (--snapshots), else from what CloudTrail itself remembers, over the
settings as they are now.

Exit codes: 0 explained, or nothing explains it and all was looked at; 2 something that
matters could not be read, and no cause is sure; 64 wrong arguments or settings.

Examples:
  plumbline explain my-bucket
  plumbline explain my-bucket --snapshot before.json --json | jq ".explanation.whatIf"
  plumbline explain --symptom "AccessDenied PutObject my-bucket" --at 15:03 --store s3://BUCKET
  plumbline explain --symptom "AccessDenied PutObject my-bucket" --at 2h --evidence s3://access-logs/my-bucket
  plumbline explain --symptom "AccessDenied PutObject my-bucket" --snapshots monday.json tuesday.json`,
    )
    .action(async (name: string | undefined, options: ExplainOptions, command: Command) => {
      const signedIn = signingIn(world, options);
      refuseMixed(name, options);
      if (options.symptom !== undefined || name === undefined) {
        const { explainSymptom } = await import('../symptom.ts');
        const isStoreNamed = command.getOptionValueSource('store') === 'cli';
        return end(
          await explainSymptom(world, { ...options, symptom: options.symptom ?? '' }, { isStoreNamed, signedIn }),
        );
      }
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

/** Refuses what means nothing beside the other: it would look as if it had been heeded. Throws ARGUMENT_INVALID. */
function refuseMixed(name: string | undefined, options: ExplainOptions): void {
  const { symptom, at, since, snapshots, trailLogs, snapshot, evidence, evidenceSince } = options;
  if (symptom === undefined && name === undefined)
    throw refusal('name a bucket, or what failed with --symptom "AccessDenied PutObject my-bucket"');
  if (symptom !== undefined && name !== undefined)
    throw refusal(`${name} and --symptom: write the bucket into the symptom, and leave the other out`);
  if (symptom !== undefined && snapshot !== undefined)
    throw refusal('--snapshot: what changed is told by two: name them with --snapshots');
  const beside = Object.entries({
    '--at': at,
    '--since': since,
    '--snapshots': snapshots,
    '--trail-logs': trailLogs,
    '--evidence': evidence,
    '--evidence-since': evidenceSince,
  });
  const [alone] = beside.find(([, value]) => value !== undefined) ?? [];
  if (symptom === undefined && alone !== undefined)
    throw refusal(`${alone}: it is about a failure: say what failed with --symptom`);
  if (snapshots !== undefined && since !== undefined)
    throw refusal('--since: the snapshots say from when to when; leave it out');
}

function refusal(says: string): PlumblineError {
  return new PlumblineError('ARGUMENT_INVALID', says);
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
