/** Writes docs/kinds.md, docs/permissions.md, docs/plumbline.schema.json, the tables of docs/verdicts.md and docs/scale.md, and the README's alert and costs; with --check says what is stale. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KindDeclaration } from '#core/declaration.ts';
import { kinds } from '#kinds';
import { plumblineSelf } from '#kinds/plumbline-self/declaration.ts';
import { run } from '#bin/run.ts';
import type { World } from '#bin/world.ts';
import { permissionsText } from './permission-docs.ts';
import { readFacts, readmeParts, scaleParts } from './scale/page.ts';
import { settingsSchemaText } from './settings-schema.ts';
import { disputableTable, operationTable, withPart } from './verdict-docs.ts';

const FILE = join(import.meta.dirname, '..', 'docs', 'kinds.md');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

function kindText(kind: KindDeclaration): string {
  const where = {
    global: 'once an account (`global`)',
    each: 'every region',
    'each-and-global': 'every region, and `global` for CLOUDFRONT scope',
  }[kind.regions];
  const only =
    kind.partition === undefined ? '' : `, in partition \`${kind.partition}\` alone: elsewhere it is not looked for`;
  return `## ${kind.id}

${kind.why}

Lives in: ${where}${only}. State shape: ${kind.shape}.${kind.context.length > 0 ? ` Its meaning depends on: ${code(kind.context)}.` : ''}${kind.relatives === undefined ? '' : ` What a change of it does is judged with all of: ${code(kind.relatives)}.`}

Compared:

${table(
  ['path', 'what', 'compared as', 'since shape'],
  Object.entries(kind.paths).map(([path, { title, form, since }]) => [`\`${path}\``, title, form, String(since)]),
)}
${
  Object.keys(kind.carries).length === 0
    ? ''
    : `
Shown beside it, never compared:

${table(
  ['name', 'what', 'belongs to'],
  Object.entries(kind.carries).map(([name, { says, of }]) => [
    `\`${name}\``,
    says,
    of === undefined ? 'the whole' : `\`${of}\``,
  ]),
)}
`
}
Reads:

${table(
  ['operation', 'IAM action', 'answers that mean "not set"'],
  Object.values(kind.reads).map(({ operation, actions, absentWhen }) => [
    operation,
    code(actions),
    code(absentWhen) || 'none',
  ]),
)}
${kind.list.actions.length > 0 ? `\nListing: ${code(kind.list.actions)}.\n` : ''}
${eventsText(kind)}

Checks:

${table(
  ['check', 'says', 'paths', 'action items', 'remedy'],
  kind.checks.map(({ id, title, paths, actionItems, remedy }) => [
    `\`${id}\``,
    title,
    code(paths),
    actionItems.join(', '),
    remedy,
  ]),
)}
`;
}

function eventsText({ events, eventsIn }: KindDeclaration): string {
  if (events.length === 0) return 'No event of the account tells that it changed: sweeps and scans find it.';
  const sources = [...new Set(events.map(({ source }) => source))];
  const where = eventsIn === undefined ? '' : `, in ${eventsIn}`;
  return `Events that may change it: ${code(events.map(({ name }) => name))} (${code(sources)}${where}).`;
}

const text = `<!-- Generated from the declarations in lambda/kinds by \`npm run docs\`. Do not edit. -->

# What is watched

${table(
  ['kind', 'one of them is', 'IAM actions it needs'],
  kinds.map(({ declaration }) => [
    `[${declaration.id}](#${declaration.id})`,
    declaration.title,
    code(
      [
        ...new Set([
          ...declaration.list.actions,
          ...Object.values(declaration.reads).flatMap(({ actions }) => actions),
        ]),
      ].toSorted(),
    ),
  ]),
)}

Besides these a scan needs \`sts:GetCallerIdentity\`, which nobody can be refused, and \`ec2:DescribeRegions\`, unless regions are named.

${kinds.map(({ declaration }) => kindText(declaration)).join('\n')}
# What the service watches of itself

Compared with what was deployed, never with what somebody accepted, and told through the second topic (\`SelfWatch\`). \`on-self\` alone reads it,
with queue, rules and role of its own; the command line does not, but for \`plumbline doctor --store s3://…\`.

${kindText(plumblineSelf)}`;

/** Sections of the mail that a reader of the README should see; the first has no title. */
const SHOWN_OF_MAIL = ['WHAT CHANGED', 'WHO WAS SEEN', 'WHO\n', 'HOW TO UNDO', 'DO NOT BE MISLED'];

/** The part of the demo that a reader of the README should see: what the mail of 28 October says first of all. */
async function alertText(): Promise<string> {
  const printed: string[] = [];
  const world: World = {
    cwd: '/',
    now: () => new Date(0),
    environmentProfile: undefined,
    timeZone: 'UTC',
    print: (told) => void printed.push(told),
    tell: () => undefined,
    input: async function* none() {},
    colour: false,
    width: 120,
    isWatched: false,
    signal: new AbortController().signal,
  };
  await run(['demo'], world);
  const [mail = ''] = printed.join('').split('That mail, whole:\n\n')[1]?.split('\n\n== ') ?? [];
  const [subject, intro, ...rest] = mail.split('\n\n');
  const shown = rest.filter((section) => SHOWN_OF_MAIL.some((title) => section.startsWith(title)));
  const text = [subject, intro, ...shown].join('\n\n');
  return `<!-- alert: written by \`npm run docs\` from the demo -->\n\n\`\`\`\n${text.trimEnd()}\n\`\`\`\n\n<!-- /alert -->`;
}

const README = join(import.meta.dirname, '..', 'README.md');
const readme = readFileSync(README, 'utf8');
const alert = await alertText();
const facts = readFacts();
const withParts = (page: string, parts: Readonly<Record<string, string>>): string =>
  Object.entries(parts).reduce((whole, [name, part]) => withPart(whole, name, part), page);
const freshReadme = withParts(
  readme.replace(/<!-- alert:[\s\S]*<!-- \/alert -->/, () => alert),
  readmeParts(facts),
);

const VERDICTS = join(import.meta.dirname, '..', 'docs', 'verdicts.md');
const verdicts = withPart(readFileSync(VERDICTS, 'utf8'), 'operations', operationTable());

const PERMISSIONS = join(import.meta.dirname, '..', 'docs', 'permissions.md');
const SCHEMA = join(import.meta.dirname, '..', 'docs', 'plumbline.schema.json');

const SCALE = join(import.meta.dirname, '..', 'docs', 'scale.md');

const documents = [
  { file: PERMISSIONS, name: 'docs/permissions.md', text: permissionsText() },
  { file: FILE, name: 'docs/kinds.md', text },
  { file: SCHEMA, name: 'docs/plumbline.schema.json', text: settingsSchemaText() },
  { file: VERDICTS, name: 'docs/verdicts.md', text: withPart(verdicts, 'disputable', disputableTable()) },
  { file: SCALE, name: 'docs/scale.md', text: withParts(readFileSync(SCALE, 'utf8'), scaleParts(facts)) },
  { file: README, name: 'README.md', text: freshReadme },
];
for (const { file, name, text: fresh } of documents) {
  if (!process.argv.includes('--check')) writeFileSync(file, fresh);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== fresh) {
    process.stderr.write(`${name} is stale: run "npm run docs" and commit it\n`);
    process.exitCode = 1;
  }
}
