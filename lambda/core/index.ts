/**
 * What others may build on: the shapes, and the pure functions that give them their meaning. No SDK, no clock, no I/O.
 * `import { isSamePolicy } from 'plumbline/core'`
 */
export type { AcceptOutcome, AcceptRequest } from './acceptance.ts';
export { accept } from './acceptance.ts';
export type { Acceptance, AcceptedState, Baseline, Coverage } from './baseline.ts';
export type { Breakage, Cause, Change, Drift, Exposure, Finding, Severity } from './change.ts';
export type { ComparableKind, Comparison } from './comparison.ts';
export { compareStates } from './comparison.ts';
export type {
  CheckDeclaration,
  EventDeclaration,
  KindDeclaration,
  PathDeclaration,
  ReadDeclaration,
} from './declaration.ts';
export type { Blind, Departure } from './drift.ts';
export { departureFrom } from './drift.ts';
export { PlumblineError, type PlumblineErrorCode } from './errors.ts';
export { groupDrifts } from './grouping.ts';
export type { Json, JsonObject } from './json.ts';
export { canonicalCidr, canonicalAddressSet } from './addresses.ts';
export { canonicalPolicy, isSamePolicy, parsePolicy, statementChange } from './policy.ts';
export type { Reading } from './reading.ts';
export type { ResourceRef, Selection } from './reference.ts';
export { parseRef, printRef, selectFrom } from './reference.ts';
export type { ActionItem, Report } from './report.ts';
export { compareScans, reportOn } from './report.ts';
export type { Caveat, Listing, Scan } from './scan.ts';
export type { Observation, State } from './state.ts';
