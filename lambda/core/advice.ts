import type { Change } from './change.ts';
import type { ResourceRef } from './reference.ts';
import type { State } from './state.ts';

/** One drift, as its kind gives advice on it. */
export interface AdviceRequest {
  readonly ref: ResourceRef;
  /** What was accepted; missing for what was created, or where nothing was. */
  readonly accepted: State | undefined;
  readonly changes: readonly Change[];
  readonly partition: string;
}

/** The way back: commands to be copied, in order. Plumbline never runs them. */
export interface WayBack {
  readonly commands: readonly string[];
  /** What to know before. */
  readonly note?: string;
}

/** What a kind knows beside its judgement, for whoever is woken by an alert. */
export interface KindAdvice {
  readonly wayBack: (request: AdviceRequest) => WayBack;
  /** Probes and facts that look like an answer and are none. */
  readonly notMisledBy: (request: AdviceRequest) => readonly string[];
  /** The resource in the AWS console. */
  readonly consoleLink: (ref: ResourceRef, partition: string) => string;
}

const CONSOLE: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** The host of the AWS console of a partition. */
export function consoleHost(partition: string): string {
  return CONSOLE[partition] ?? 'console.aws.amazon.com';
}

/** One word for a POSIX shell, whatever a stranger wrote into it. Control characters are kept out of terminals by `$'…'`. */
export function shellQuoted(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replace(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
      (character) => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
    );
  return `$'${escaped}'`;
}
