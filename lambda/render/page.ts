import type pc from 'picocolors';
import type { KindDeclaration } from '#core/declaration.ts';
import type { Report } from '#core/report.ts';

export type Colours = ReturnType<typeof pc.createColors>;

/** What every part of a report's text has at hand. */
export interface Page {
  readonly report: Report;
  readonly colours: Colours;
  readonly kinds: ReadonlyMap<string, { readonly declaration: KindDeclaration }>;
  /** Columns to wrap sentences to; none where nobody's terminal is known. */
  readonly width?: number | undefined;
  /** The ARN of the role that the account was looked at with: the commands that are told next need it too. */
  readonly role?: string | undefined;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
