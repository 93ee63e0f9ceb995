/** A day as a team's calendar has it: ISO 8601, UTC; from then on, and before then. */
export interface LocalDay {
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 24 * 60 * 60_000;

/** The day and the time of day where the team is. Pure. */
export function localTime(at: Date, timeZone: string): { readonly day: string; readonly time: string } {
  const [day, time] = wallClock(at, timeZone);
  return { day, time: time.slice(0, 5) };
}

/** The whole day before the one that it is where the team is; of 23 or 25 hours where clocks are changed. Pure. */
export function dayBefore(now: Date, timeZone: string): LocalDay {
  const { day } = localTime(now, timeZone);
  const before = new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
  return { from: startOf(before, timeZone), to: startOf(day, timeZone) };
}

/** When it is so late there today: ISO 8601, UTC. `time`: `15:03`. Pure. */
export function timeToday(time: string, { now, timeZone }: { readonly now: Date; readonly timeZone: string }): string {
  return instantOf(localTime(now, timeZone).day, `${time.padStart(5, '0')}:00`, timeZone);
}

/** When a day begins there. */
function startOf(day: string, timeZone: string): string {
  return instantOf(day, '00:00:00', timeZone);
}

/** The zone's offset is that of the moment itself, so it is looked up where the first guess lands. */
function instantOf(day: string, time: string, timeZone: string): string {
  const wanted = Date.parse(`${day}T${time}Z`);
  const guess = wanted - offsetAt(wanted, timeZone);
  return new Date(wanted - offsetAt(guess, timeZone)).toISOString();
}

/** How far the clocks are ahead of UTC, in milliseconds. */
function offsetAt(at: number, timeZone: string): number {
  const [day, time] = wallClock(new Date(at), timeZone);
  return Date.parse(`${day}T${time}Z`) - at;
}

/** Making one takes as long as a hundred uses of it, and there are as many as zones that somebody set. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  clocks.set(timeZone, clock);
  return clock;
}

function wallClock(at: Date, timeZone: string): readonly [day: string, time: string] {
  const parts = clockOf(timeZone).formatToParts(at);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return [`${part('year')}-${part('month')}-${part('day')}`, `${part('hour')}:${part('minute')}:${part('second')}`];
}
