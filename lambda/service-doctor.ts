import { isJsonObject, textOf, type Json } from '#core/json.ts';
import { ALARMS, sortOf, TRAILS } from '#core/own-parts.ts';
import type { Scan } from '#core/scan.ts';
import type { State } from '#core/state.ts';
import { ailmentsOf } from '#kinds/plumbline-self/condition.ts';
import type { Line } from './doctor.ts';

/** How each sort of part is called, and how what ails it is mended. */
const SORTS: Readonly<Record<string, { readonly title: string; readonly mend: string }>> = {
  function: { title: 'functions', mend: 'deploy the stack again, or delete the reserved concurrency' },
  role: { title: 'roles', mend: 'deploy the stack again' },
  queue: { title: 'queues', mend: 'deploy the stack again' },
  topic: { title: 'topics', mend: 'deploy the stack again' },
  table: { title: 'ledger', mend: 'restore it from a point in time, then deploy the stack again' },
  key: { title: 'keys', mend: 'enable it (aws kms enable-key), or cancel its deletion' },
  bus: { title: 'buses', mend: 'deploy the stack again' },
  rule: { title: 'rules', mend: 'enable it (aws events enable-rule), or deploy the stack again' },
  schedule: { title: 'schedules', mend: 'deploy the stack again' },
  [ALARMS]: { title: 'alarms', mend: 'aws cloudwatch enable-alarm-actions, or deploy the stack again' },
  [TRAILS]: { title: 'trail', mend: 'aws cloudtrail start-logging, with management events of writes' },
};

/** Is everything that a deployed service is made of there, on, and able to do its work? One line a sort, or one for each that is not. */
export function linesOfParts(states: readonly State[], caller: string): readonly Line[] {
  return Object.entries(SORTS).flatMap(([sort, { title, mend }]): readonly Line[] => {
    const own = states.filter(({ ref }) => sortOf(ref.id) === sort);
    if (own.length === 0) return [];
    const bad = own.flatMap((state) => [...ailing(state, mend), ...blind(state, caller)]);
    if (bad.length > 0) return bad.map((says) => ({ about: title, isWell: false, says }));
    return [{ about: title, isWell: true, says: wellText(sort, own) }];
  });
}

/** Who is told: nobody at all is a service that nobody hears. */
export function linesOfSubscribers(states: readonly State[]): readonly Line[] {
  return states
    .filter(({ ref }) => sortOf(ref.id) === 'topic')
    .flatMap(({ ref, watched }): Line[] => {
      const { subscribers } = watched;
      const topic = ref.id.slice('topic:'.length);
      if (subscribers?.status !== 'present') return [];
      const who = listOf(subscribers.value);
      const about = 'subscriptions';
      return who.length === 0
        ? [
            {
              about,
              isWell: false,
              says: `nobody has confirmed that they are told by the topic ${topic}: ${MEND_NOBODY}`,
            },
          ]
        : [{ about, isWell: true, says: `${topic}: ${who.join(', ')}` }];
    });
}

const MEND_NOBODY = 'name somebody under "tell" in plumbline.yaml and deploy, or confirm the mail that AWS sent';

function ailing(state: State, mend: string): readonly string[] {
  return ailmentsOf(state).map(({ says }) => `${nameOf(state)}: ${says} To mend it: ${mend}`);
}

function blind({ ref, watched }: State, caller: string): readonly string[] {
  return Object.entries(watched).flatMap(([path, reading]) =>
    reading.status === 'unreadable'
      ? [
          `cannot read ${path} of ${ref.id} (${reading.code}): allow it to ${caller} (docs/permissions.md, "plumbline-self")`,
        ]
      : [],
  );
}

/** `rule s3`; the trail of a region is called by the region. */
function nameOf({ ref }: State): string {
  return ref.id === TRAILS ? ref.region : ref.id.replace(':', ' ');
}

function wellText(sort: string, states: readonly State[]): string {
  if (sort === TRAILS) return `management writes are logged in ${states.map(({ ref }) => ref.region).join(', ')}`;
  if (sort === ALARMS) return `${states.flatMap(({ watched }) => membersOf(watched['condition'])).length} act`;
  return states.length === 1 ? 'as it should be' : `${states.length} as they should be`;
}

function membersOf(reading: State['watched'][string] | undefined): readonly string[] {
  return reading?.status === 'present' && isJsonObject(reading.value) ? Object.keys(reading.value) : [];
}

function listOf(value: Json): readonly string[] {
  return Array.isArray(value)
    ? (value as readonly Json[]).flatMap((one) => (isJsonObject(one) ? (textOf(one['who']) ?? []) : []))
    : [];
}

const HOUR_MS = 60 * 60_000;

/** The last sweep: how old, how whole, and what nobody could read in it. */
export function linesOfLastSweep(
  scan: Scan | undefined,
  { now, everyMs }: { readonly now: Date; readonly everyMs: number },
): readonly Line[] {
  if (scan === undefined)
    return [
      {
        about: 'last sweep',
        isWell: false,
        says: 'no sweep has ended yet: the first begins by itself within a minute of the deployment',
      },
    ];
  const ageMs = now.getTime() - Date.parse(scan.finishedAt);
  const age = durationText(ageMs);
  const isLate = ageMs > 2 * everyMs;
  const cut = scan.listings.filter(({ complete }) => !complete);
  const unread = scan.observations.filter(isUnread);
  return [
    {
      about: 'last sweep',
      isWell: !isLate && cut.length === 0,
      says: isLate
        ? `ended ${age} ago, which is more than two intervals: docs/runbook.md#sweep-late`
        : cut.length === 0
          ? `ended ${age} ago, ${counted(scan.observations.length, 'resource')}`
          : `ended ${age} ago, and was not whole: ${cut.map(({ kind, region, code }) => `${kind} in ${region} (${code ?? 'unknown'})`).join(', ')}: docs/runbook.md#sweep-incomplete`,
    },
    {
      about: 'blind spots',
      isWell: unread.length === 0,
      says:
        unread.length === 0
          ? 'everything that it looked at could be read'
          : `${counted(unread.length, 'resource')} could not be read in whole: docs/runbook.md#blind-spots`,
    },
  ];
}

function isUnread(seen: Scan['observations'][number]): boolean {
  return (
    seen.seen === 'unreadable' ||
    (seen.seen === 'state' && Object.values(seen.state.watched).some(({ status }) => status === 'unreadable'))
  );
}

function durationText(ms: number): string {
  return ms < HOUR_MS ? counted(Math.round(ms / 60_000), 'minute') : counted(Math.round(ms / HOUR_MS), 'hour');
}

function counted(count: number, of: string): string {
  return `${count} ${of}${count === 1 ? '' : 's'}`;
}
