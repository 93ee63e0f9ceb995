/** A document as it stands, with the version that a conditional replacement names. */
export interface Document {
  readonly body: Uint8Array;
  readonly version: string;
}

/** `conflict`: somebody else wrote first; read again before writing. */
export type WriteOutcome = 'written' | 'conflict';

/** Documents by key, in a bucket or a folder. What a key holds is always one whole document: never half of one. */
export interface Documents {
  /** Where it is, for people. */
  readonly place: string;
  read(key: string): Promise<Document | undefined>;
  /** Writes what must not be there yet. */
  create(key: string, body: Uint8Array): Promise<WriteOutcome>;
  /** Writes over the version that was read. */
  replace(key: string, body: Uint8Array, version: string): Promise<WriteOutcome>;
  /** Keys that start with the prefix, sorted. */
  list(prefix: string): Promise<readonly string[]>;
}

/** How far a long work has come. */
export interface Progress {
  readonly doing: string;
  readonly done: number;
  readonly of: number;
}

export type OnProgress = (progress: Progress) => void;
