/** What can be wrong with what Plumbline was given or met. Each code has one exit code (`exitCodeOf`). */
export type PlumblineErrorCode =
  | 'ARGUMENT_INVALID'
  | 'SETTING_INVALID'
  | 'REFERENCE_INVALID'
  | 'INPUT_INVALID'
  | 'CREDENTIALS_UNUSABLE'
  | 'AWS_UNREACHABLE'
  | 'AWS_REFUSED'
  | 'STORE_DAMAGED'
  | 'STORE_NEWER'
  | 'STORE_UNWRITABLE'
  | 'STORE_MOVED'
  | 'NOTHING_TO_ACCEPT'
  | 'SCAN_TOO_OLD';

/** The one error class: a code, and one sentence that says what is wrong, where, and how to mend it. */
export class PlumblineError extends Error {
  readonly code: PlumblineErrorCode;

  constructor(code: PlumblineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PlumblineError';
    this.code = code;
  }
}

const WRONG_ARGUMENTS: ReadonlySet<PlumblineErrorCode> = new Set([
  'ARGUMENT_INVALID',
  'SETTING_INVALID',
  'REFERENCE_INVALID',
]);

/** 64 for wrong arguments or settings, else 2: "could not tell" (design.md §5). */
export function exitCodeOf(code: PlumblineErrorCode): 2 | 64 {
  return WRONG_ARGUMENTS.has(code) ? 64 : 2;
}

/** Makes a union's switch exhaustive for the compiler; reached only by data that no type describes. */
export function assertNever(value: never): never {
  throw new PlumblineError('INPUT_INVALID', `met a value that nothing here describes: ${JSON.stringify(value)}`);
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
