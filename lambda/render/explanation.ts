import Table from 'cli-table3';
import pc from 'picocolors';
import { BLOCK_LEVELS } from '#core/s3/block.ts';
import type { Explanation } from '#core/s3/explanation.ts';
import type { Outcome } from '#core/s3/outcome.ts';
import { outcomeWord } from './effect-lines.ts';
import { printable } from './printable.ts';

export interface ExplanationSettings {
  readonly colour: boolean;
  /** What is explained, when it was read, and the like. */
  readonly head: readonly string[];
}

type Colours = ReturnType<typeof pc.createColors>;

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

/** One bucket, or one state from a file, as a person reads it: the grid, who gets through by which door, what turning a level does. */
export function renderExplanation(explanation: Explanation, { colour, head }: ExplanationSettings): string {
  const colours = pc.createColors(colour);
  const sections = [
    [...head, headline(explanation, colours)].join('\n'),
    doorsText(explanation, colours),
    gridText(explanation, colours),
    operationsText(explanation, colours),
    whatIfText(explanation, colours),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function headline({ public: isPublic, because }: Explanation, colours: Colours): string {
  const words = {
    yes: colours.red('Public.'),
    no: colours.green('Not public.'),
    unknown: colours.yellow('Not known.'),
  };
  return `${colours.bold(words[isPublic])} ${capital(printable(because))}.`;
}

function doorsText({ policy, acl, ownership }: Explanation, colours: Colours): string {
  const verdict =
    policy.verdict === 'none'
      ? 'there is none'
      : `${policy.verdict}${policy.believed === 'aws' ? ' (as AWS says)' : ''}`;
  const reasons = policy.reasons.map((reason) => `                    ${printable(reason)}`);
  const lines = [
    `  Bucket policy     ${verdict}`,
    ...reasons,
    ...(policy.letsIn.length > 0 ? [`                    lets in: ${printable(policy.letsIn.join(', '))}`] : []),
    `  Bucket ACL        ${acl.verdict}: ${printable(acl.because)}`,
    `  Object ownership  ${printable(ownership)}`,
  ];
  return [colours.bold('Doors'), ...lines].join('\n');
}

function gridText({ flags, block }: Explanation, colours: Colours): string {
  const table = new Table({ ...PLAIN, head: ['', ...BLOCK_LEVELS, 'in effect', 'set by'] });
  for (const { flag, levels, value, setBy, redundantAt } of flags) {
    const by =
      setBy.length === 0 ? '' : `${setBy.join(' and ')}${redundantAt.length > 0 ? ': either alone would do' : ''}`;
    table.push([flag, ...BLOCK_LEVELS.map((level) => printable(levels[level])), valueText(value, colours), by]);
  }
  const title = block === undefined ? 'Block Public Access' : `Block Public Access: ${lower(block)}`;
  return [colours.bold(title), tableText(table)].join('\n');
}

function valueText(value: boolean | 'unknown', colours: Colours): string {
  if (value === 'unknown') return colours.yellow('not known');
  return value ? colours.bold('on') : 'off';
}

function operationsText({ operations }: Explanation, colours: Colours): string {
  const table = new Table({ ...PLAIN, head: ['', 'who does what', 'what happens', 'because'] });
  for (const { row, title, outcome, isHere } of operations) {
    const absent = isHere === 'no' ? colours.dim(' (nothing here does)') : '';
    table.push([row, `${title}${absent}`, outcomeText(outcome, colours), printable(becauseText(outcome))]);
  }
  return [colours.bold('Who gets through'), tableText(table)].join('\n');
}

function outcomeText(outcome: Outcome, colours: Colours): string {
  const word = outcomeWord(outcome);
  switch (outcome.outcome) {
    case 'allowed':
      return colours.green(word);
    case 'denied':
      return colours.red(word);
    case 'silently-useless':
    case 'unknown':
      return colours.yellow(word);
  }
}

function becauseText(outcome: Outcome): string {
  return outcome.outcome === 'unknown' ? outcome.why : outcome.says;
}

function whatIfText({ whatIf }: Explanation, colours: Colours): string {
  if (whatIf.length === 0) return '';
  const lines = whatIf.map(({ level, flag, turn, exposure, breakage, says }) => {
    const axes =
      breakage === 'none' && exposure === 'same' ? 'nothing' : `breakage: ${breakage}, exposure: ${exposure}`;
    const what = `  ${flag} ${turn} at the ${level}: ${axes}`;
    return axes === 'nothing' ? colours.dim(`${what} (${reasonIn(says)})`) : `${what}\n      ${printable(says)}`;
  });
  return [colours.bold('What turning a flag would do'), ...lines].join('\n');
}

/** The part of a sentence that says why nothing changes. */
function reasonIn(says: string): string {
  return printable(says.split(' changes nothing: ')[1]?.replace(/\.$/, '') ?? says.replace(/\.$/, ''));
}

function tableText(table: { toString: () => string }): string {
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
