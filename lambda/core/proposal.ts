import type { JsonObject } from './json.ts';
import type { JsonReading } from './reading.ts';
import type { ResourceRef } from './reference.ts';

/** One setting that somebody thinks of changing. */
export interface Proposal {
  readonly ref: ResourceRef;
  /** The path that it is in: `policy`, `publicAccessBlock`. */
  readonly path: string;
  /** `publicAccessBlock.BlockPublicAcls`: the path, with the member if only that is set. */
  readonly setting: string;
  readonly before: JsonReading;
  readonly after: JsonReading;
  /** Carried members that go with the new value; one that is null goes away. */
  readonly carried: JsonObject;
}
