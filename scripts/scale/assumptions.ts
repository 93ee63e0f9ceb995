import type { Assumptions } from './virtual-service.ts';

/**
 * What nobody can know before it runs in an account. S3 publishes neither a latency nor a limit for reads of settings (aws-facts §7), so
 * one is stated and varied: a sweep is shown for each. The SDK's clients make 1,300 to 2,000 calls a second on a whole processor, and what we compute
 * beside them comes to 1.6 times that (npm run bench, "one drifted bucket"); a function of 1,024 MB has 1,024 ÷ 1,769 of a processor (AWS:
 * "Configure Lambda function memory"): together 2 ms a call, rounded up.
 */
export const ASSUMED: Assumptions = {
  readMs: 50,
  listMs: 500,
  objectMs: 30,
  itemMs: 5,
  messageMs: 15,
  processorMs: 2,
  startMs: 100,
};

/** The variations of a sweep that the page shows. */
export const SWEEP_CASES: readonly {
  readonly name: string;
  readonly assumed: Assumptions;
}[] = [
  { name: 'as assumed', assumed: ASSUMED },
  { name: 'every read takes 20 ms', assumed: { ...ASSUMED, readMs: 20 } },
  { name: 'every read takes 200 ms', assumed: { ...ASSUMED, readMs: 200 } },
  { name: 'S3 lets 400 reads a second through', assumed: { ...ASSUMED, perSecond: 400 } },
  { name: 'S3 lets 100 reads a second through', assumed: { ...ASSUMED, perSecond: 100 } },
  { name: 'S3 lets 20 reads a second through', assumed: { ...ASSUMED, perSecond: 20 } },
];
