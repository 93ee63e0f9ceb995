import type { FaultName } from './faults.ts';
import type { Run } from './run.ts';
import { ORGANIZATION_POLICY } from './world.ts';

/** What all runs together came to. */
export class Tally {
  readonly struck = new Map<FaultName, number>();
  readonly crashes = new Map<string, number>();
  repetitions = 0;
  cuts = 0;
  #runs = 0;
  #changes = 0;
  #accepts = 0;
  #acceptsInSweeps = 0;
  #alerts = 0;
  #departures = 0;
  #eventsLost = 0;
  #deadLetters = 0;
  #topicDown = 0;
  /** Of what is told as open at the end: where somebody is named, and where not. Of what an organisation sets nobody can be. */
  readonly named = { yes: 0, no: 0 };

  add(run: Run): void {
    const { history, struck, crashes, plan } = run;
    for (const [fault, count] of struck) this.struck.set(fault, (this.struck.get(fault) ?? 0) + count);
    for (const [where, count] of crashes) this.crashes.set(where, (this.crashes.get(where) ?? 0) + count);
    this.#runs += 1;
    this.repetitions += run.repetitions;
    this.cuts += history.cuts.length;
    this.#changes += history.changes.length;
    this.#accepts += history.accepted.length;
    this.#acceptsInSweeps += run.acceptsInSweeps;
    this.#alerts += history.alerts.length;
    this.#departures += run.departures;
    this.#eventsLost += run.eventsLost;
    this.#deadLetters += run.deadLetters;
    const last = new Map(history.alerts.flatMap(({ resources }) => resources.map((one) => [one.resource, one])));
    for (const { resource, status, known } of last.values())
      if (status === 'open' && resource !== ORGANIZATION_POLICY) this.named[known > 0 ? 'yes' : 'no'] += 1;
    this.#topicDown += plan.outages.some(({ what }) => what === 'topic') ? 1 : 0;
  }

  /** The figures, a line. */
  get text(): string {
    const crashes = [...this.crashes.values()].reduce((sum, count) => sum + count, 0);
    return [
      `${this.#runs} runs (${this.#topicDown} with SNS down for an hour)`,
      `${this.#changes} settings changed`,
      `${this.#accepts} accepts, ${this.#acceptsInSweeps} of them in the middle of a sweep`,
      `${this.#departures} lasting departures`,
      `${this.#alerts} alerts told`,
      `of what was open at the end ${this.named.yes} with who did it and ${this.named.no} without`,
      `${crashes} crashes`,
      `${this.cuts} cuts between publishing and marking`,
      `${this.repetitions} alerts repeated after one`,
      `${this.#eventsLost} events lost`,
      `${this.#deadLetters} dead letters`,
    ].join('; ');
  }
}
