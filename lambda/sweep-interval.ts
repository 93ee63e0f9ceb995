/** How often a sweep may begin, as the settings say it. */
export const SWEEP_INTERVALS = ['15 minutes', '1 hour', '3 hours', '6 hours', '12 hours', '1 day'] as const;
export type SweepInterval = (typeof SWEEP_INTERVALS)[number];

const MINUTES: Readonly<Record<SweepInterval, number>> = {
  '15 minutes': 15,
  '1 hour': 60,
  '3 hours': 3 * 60,
  '6 hours': 6 * 60,
  '12 hours': 12 * 60,
  '1 day': 24 * 60,
};

/** The same in minutes. */
export function minutesOf(every: SweepInterval): number {
  return MINUTES[every];
}
