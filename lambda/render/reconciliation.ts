import pc from 'picocolors';
import type { Cause } from '#core/change.ts';
import type { CallNotCompared, CallWithoutEffect, Reconciliation } from '#core/reconciliation.ts';
import { printSelection } from '#core/reference.ts';
import { clock } from './clock.ts';
import { printable } from './printable.ts';
import { countsText, refsText } from './reconciliation-words.ts';

/** What changed beside what was called, for a terminal or a pipe: what events explain, what they do not, and what changed nothing. */
export function renderReconciliation(reconciliation: Reconciliation, { colour }: { readonly colour: boolean }): string {
  const colours = pc.createColors(colour);
  const { explained, unexplained, withoutEffect, notCompared } = reconciliation;
  const section = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : [colours.bold(title), ...lines].join('\n');
  const changed = ({ ref, path, says, readAt }: (typeof explained)[number] | (typeof unexplained)[number]): string =>
    `${colours.dim(clock(readAt))}  ${printable(printSelection({ ref, path }))}: ${printable(says)}`;
  const sections = [
    section(
      'Changed, and explained by events',
      explained.map((one) => [changed(one), ...one.by.map(causeLine)].join('\n')),
    ),
    section(
      'Changed, and not explained',
      unexplained.map((one) =>
        [colours.yellow(changed(one)), ...one.why.map(({ says }) => `    ${printable(says)}`)].join('\n'),
      ),
    ),
    section('Called, without effect', withoutEffect.map(callLines)),
    section('Called, and not compared', notCompared.map(callLines)),
    `${printable(countsText(reconciliation))}.`,
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function causeLine({ call = '', who = '', at = '', certainty, contract }: Cause): string {
  const broken = contract?.isBroken === true ? `; contract broken: ${contract.tool}` : '';
  return `    ${printable(`${call} at ${clock(at)}, ${who} (${certainty}${broken})`)}`;
}

function callLines({ cause, about, says }: CallWithoutEffect | CallNotCompared): string {
  const { call = '', who = '', at = '', contract } = cause;
  const broken = contract?.isBroken === true ? [`    contract broken: ${printable(contract.tool)}`] : [];
  return [
    `${clock(at)}  ${printable(call)}  ${printable(refsText(about))}`,
    `    ${printable(who)}`,
    `    ${printable(says)}`,
    ...broken,
  ].join('\n');
}
