import Table from 'cli-table3';
import pc from 'picocolors';
import { BLOCK_LEVELS } from '#core/s3/block.ts';
import type { Explanation, WhatIf } from '#core/s3/explanation.ts';
import { printable } from './printable.ts';
import { hanging } from './wrapping.ts';

export interface ExplanationSettings {
  readonly colour: boolean;
  /** Columns to wrap long lines to; none where nobody's terminal is known. */
  readonly width?: number | undefined;
  /** `doors`: a policy or an ACL alone, of which no more can be told; `most`: what there is something of; `all`: every row. */
  readonly parts: 'doors' | 'most' | 'all';
  /** What is explained, when it was read, and the like; what was assumed stands last. */
  readonly head: readonly string[];
  readonly foot?: readonly string[];
}

type Colours = ReturnType<typeof pc.createColors>;
type OperationPart = Explanation['operations'][number];

interface Page {
  readonly explanation: Explanation;
  readonly colours: Colours;
  readonly settings: ExplanationSettings;
}

/** One bucket, or one state from a file, as a person reads it: the grid, who gets through by which door, what a step would do. */
export function renderExplanation(explanation: Explanation, settings: ExplanationSettings): string {
  const page: Page = { explanation, settings, colours: pc.createColors(settings.colour) };
  const more = settings.parts === 'doors' ? [] : [gridText(page), operationsText(page), whatIfText(page)];
  const sections = [
    [headline(page), ...settings.head].join('\n'),
    doorsText(page),
    ...more,
    (settings.foot ?? []).join('\n'),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function headline({ explanation, colours }: Page): string {
  const { public: isPublic, because } = explanation;
  const words = {
    yes: colours.red('Public.'),
    no: colours.green('Not public.'),
    unknown: colours.yellow('Not known whether it is public.'),
  };
  const objects =
    isPublic === 'no' && mayObjectsBePublic(explanation) ? " Objects' own ACLs were not read; they count here." : '';
  return `${colours.bold(words[isPublic])} ${capital(printable(because))}.${objects}`;
}

function mayObjectsBePublic({ operations }: Explanation): boolean {
  return operations.some(({ row, outcome }) => row === 'R1' && outcome.outcome === 'allowed');
}

function doorsText({ explanation: { policy, acl, ownership }, colours, settings }: Page): string {
  const line = (name: string, text: string): string =>
    hanging(`  ${name.padEnd(18)}${printable(text)}`, 20, settings.width);
  const verdict =
    policy.verdict === 'none'
      ? 'there is none'
      : `${policy.verdict}${policy.believed === 'aws' ? ' (as AWS says)' : ''}`;
  const lines = [
    line('Bucket policy', verdict),
    ...policy.reasons.map((reason) => line('', reason)),
    ...(policy.letsIn.length > 0 ? [line('', `lets in: ${policy.letsIn.join(', ')}`)] : []),
    ...(policy.denies > 0
      ? [
          line(
            '',
            `${policy.denies} Deny ${policy.denies === 1 ? 'statement' : 'statements'}: what they may shut is not known below`,
          ),
        ]
      : []),
    line('Bucket ACL', `${acl.verdict}: ${acl.because}`),
    line('Object ownership', ownership),
  ];
  return [colours.bold('Doors'), ...lines].join('\n');
}

/** Without lines and padding: a table that can be piped, and read in a mail. */
const PLAIN = {
  chars: {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '  ',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  },
  style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
};

function gridText({ explanation: { flags, block }, colours, settings }: Page): string {
  const table = new Table({ ...PLAIN, head: ['', ...BLOCK_LEVELS, 'in effect', 'set by'] });
  for (const { flag, levels, value, setBy, redundantAt } of flags) {
    const spare = redundantAt.length > 0 ? ': either alone would do' : '';
    const by = setBy.length === 0 ? '' : `${setBy.join(' and ')}${spare}`;
    table.push([flag, ...BLOCK_LEVELS.map((level) => printable(levels[level])), valueText(value, colours), by]);
  }
  const rows = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const title = hanging(
    block === undefined ? 'Block Public Access' : `Block Public Access: ${lower(block)}`,
    2,
    settings.width,
  );
  return [colours.bold(title), ...rows].join('\n');
}

function valueText(value: boolean | 'unknown', colours: Colours): string {
  if (value === 'unknown') return colours.yellow('not known');
  return value ? colours.bold('on') : 'off';
}

const SECTIONS: readonly { readonly title: string; readonly rows: RegExp }[] = [
  { title: 'From outside', rows: /^(R|X|H|C3|U2|S3)/ },
  { title: 'Uploads and settings', rows: /^(W|A|P|U3)/ },
  { title: 'Services and the own account', rows: /^(S[124]|C[12]|U1|M)/ },
];

/** Rows that say the same as another one here, or that nobody asks at 3 a.m.; `--all` has them. */
const LESS_ASKED: ReadonlySet<string> = new Set('W1 W2 A2 A3 A4 P2 P3 R2 X1 X4 S1 S3 C3 U1 U2 U3 M1 M2'.split(' '));

function operationsText(page: Page): string {
  const { explanation, colours, settings } = page;
  const shown = explanation.operations.filter((one) => settings.parts === 'all' || isAsked(one));
  const hidden = explanation.operations.length - shown.length;
  const sections = SECTIONS.flatMap(({ title, rows }) => {
    const lines = shown.filter(({ row }) => rows.test(row)).map((one) => operationLine(one, page));
    return lines.length === 0 ? [] : [`  ${title}`, ...lines];
  });
  const more =
    hidden === 0 ? '' : colours.dim(` (--all shows ${hidden} more, of which nothing is here or which say the same)`);
  return [`${colours.bold('Who gets through')}${more}`, ...sections].join('\n');
}

function isAsked({ row, isHere }: OperationPart): boolean {
  return isHere !== 'no' && !LESS_ASKED.has(row);
}

const WORD_WIDTH = 22;

function operationLine(one: OperationPart, { colours, settings }: Page): string {
  const { row, title, outcome, isHere } = one;
  const code = settings.parts === 'all' ? `${row}  ` : '';
  const because = outcome.outcome === 'unknown' ? outcome.why : outcome.says;
  const note = isHere === 'no' ? ' (nothing here does)' : '';
  const [word, indent] = [wordOf(one), 4 + code.length + WORD_WIDTH];
  const line = hanging(
    `    ${code}${word.padEnd(WORD_WIDTH)}${title}${note}: ${printable(because)}`,
    indent,
    settings.width,
  );
  return line.replace(word, () => tinted(word, one, colours));
}

/** `allowed` where something here does it; `not refused` where only the settings could be judged. */
function wordOf({ outcome, isHere }: OperationPart): string {
  switch (outcome.outcome) {
    case 'allowed':
      return isHere === 'yes' ? 'allowed' : 'not refused';
    case 'denied':
      return `refused (${outcome.http}${outcome.or === undefined ? '' : ` or ${outcome.or.http}`})`;
    case 'silently-useless':
      return 'useless (200)';
    case 'unknown':
      return 'not known';
  }
}

/** By what it means: everyone let in is the danger, everything else that is refused the outage. */
function tinted(word: string, { outcome, opens }: OperationPart, colours: Colours): string {
  if (outcome.outcome === 'unknown' || outcome.outcome === 'silently-useless') return colours.yellow(word);
  const isOpen = outcome.outcome === 'allowed';
  if (opens === 'world') return isOpen ? colours.red(word) : colours.green(word);
  return isOpen ? colours.green(word) : colours.yellow(word);
}

function whatIfText({ explanation: { whatIf }, colours, settings }: Page): string {
  if (whatIf.length === 0) return '';
  const isIdle = ({ breakage, exposure }: WhatIf): boolean => breakage === 'none' && exposure === 'same';
  const steps = new Map<string, WhatIf[]>();
  for (const one of whatIf.filter((step) => !isIdle(step))) {
    const key = JSON.stringify([one.what, one.turn, one.breakage, one.exposure, one.says.map(withoutLevel)]);
    steps.set(key, [...(steps.get(key) ?? []), one]);
  }
  const lines = [...steps.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const where = alike.length > 1 ? 'at either level' : `at the ${first.level}`;
    const world = first.opensToWorld ? ', opens to the world' : '';
    const head = `  ${stepName(first)} ${where}: breakage: ${first.breakage}, exposure: ${first.exposure}${world}`;
    const says = first.what === 'all four flags' ? ['What the steps above say, together.'] : first.says;
    return [head, ...says.map((text) => hanging(`      ${printable(text)}`, 6, settings.width))];
  });
  const idle = whatIf.filter(isIdle).map((one) => `${stepName(one)} at the ${one.level}`);
  const rest =
    idle.length === 0 ? [] : [colours.dim(hanging(`  Nothing would change: ${idle.join(', ')}`, 6, settings.width))];
  return [colours.bold('What a step would do'), ...lines, ...rest].join('\n');
}

function stepName({ what, turn }: WhatIf): string {
  return what === 'BucketOwnerEnforced' ? 'ACLs off (BucketOwnerEnforced)' : `${capital(what)} ${turn}`;
}

function withoutLevel(says: string): string {
  return says.replace(/ for (the account|this bucket)/, '');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
