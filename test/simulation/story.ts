import { textOf, type Violation } from './invariants.ts';
import type { Run } from './run.ts';

/** Lines of a resource's story that are shown before a violation, and after it. */
const LINES_BEFORE = 14;
const LINES_AFTER = 4;

/** What led to the violations of a run: enough to run its seed alone and look closer. */
export function storyOf(run: Run): string {
  const violations = run.violations.map((violation) => [lineOf(violation), ...storyOfOne(violation, run)].join('\n'));
  return [`seed ${run.seed}: SIMULATION_SEED=${run.seed} runs it alone`, ...violations, ...run.unexpected].join('\n\n');
}

const clock = (at: number): string => new Date(at).toISOString().slice(11, 23);

function lineOf({ at, invariant, says }: Violation): string {
  return `${clock(at)} BROKEN: ${invariant}: ${says}`;
}

/** Everything that happened to the resources and the finding that a violation names, in order of time. */
function storyOfOne({ at, says }: Violation, { history, plan }: Run): readonly string[] {
  const isNamed = (name: string): boolean => says.includes(name);
  const shortOf = (resource: string): string => resource.split('/').slice(2).join('/');
  const lines = [
    ...history.changes
      .filter(({ resource }) => isNamed(resource))
      .map((one) => ({ at: one.at, text: `${shortOf(one.resource)} is set to ${one.setting}=${one.value}` })),
    ...history.accepted.flatMap((one) =>
      [...one.states]
        .filter(([resource]) => isNamed(resource))
        .map(([resource, settings]) => ({
          at: one.at,
          text: `generation ${one.generation} accepts ${shortOf(resource)}: ${textOf(settings)}`,
        })),
    ),
    ...history.alerts
      .filter(({ finding, resources }) => isNamed(finding) || resources.some(({ resource }) => isNamed(resource)))
      .map((one) => ({ at: one.at, text: `told ${one.status} ${one.severity} ${one.finding}: ${toldText(one)}` })),
    ...history.cuts.filter(({ finding }) => isNamed(finding)).map((one) => ({ at: one.at, text: `cut by ${one.by}` })),
    ...history.muted
      .filter(({ finding }) => isNamed(finding))
      .map((one) => ({ at: one.at, text: `muted until ${clock(one.until)}` })),
    ...plan.outages.map((one) => ({
      at: one.from,
      text: `${one.what} ${one.of ?? ''} down until ${clock(one.until)}`,
    })),
  ].sort((a, b) => a.at - b.at);
  const after = lines.filter((line) => line.at > at).slice(0, LINES_AFTER);
  const before = lines.filter((line) => line.at <= at).slice(-LINES_BEFORE);
  return [...before, ...after].map((line) => `  ${clock(line.at)} ${line.text}`);
}

function toldText({ resources }: Run['history']['alerts'][number]): string {
  return resources
    .map(({ resource, status, departs, since, takenAt, closedAt, isBlind }) => {
      const name = resource.split('/').slice(3).join('/');
      const over = closedAt === undefined ? '' : `, over at ${clock(closedAt)}`;
      const blind = isBlind ? ', blind' : '';
      return `${name} ${status} ${textOf(departs)} (since ${clock(since)}, read ${clock(takenAt)}${over}${blind})`;
    })
    .join('; ');
}
