import type { Chance } from './chance.ts';
import type { FaultName, FaultPlan, Outage } from './faults.ts';

/** What goes wrong at this moment, by the plan of the run; and how often it did. */
export class Weather {
  readonly struck = new Map<FaultName, number>();
  readonly #chance: Chance;
  readonly #plan: FaultPlan;
  readonly #now: () => number;
  #isOn = false;

  constructor(plan: FaultPlan, chance: Chance, now: () => number) {
    this.#plan = plan;
    this.#chance = chance;
    this.#now = now;
  }

  begins(): void {
    this.#isOn = true;
  }

  ends(): void {
    this.#isOn = false;
  }

  /** Does this fault strike now? */
  strikes(fault: FaultName): boolean {
    if (!this.#isOn || !this.#chance.happens(this.#plan.rates[fault])) return false;
    this.struck.set(fault, (this.struck.get(fault) ?? 0) + 1);
    return true;
  }

  /** As long as the fault makes it take, if it strikes. */
  delay(fault: FaultName, mostMs: number): number {
    return this.strikes(fault) ? this.#chance.between(0, mostMs) : 0;
  }

  /** Is it down now, all of it or for this one? */
  isDown(what: Outage['what'], of?: string): boolean {
    const now = this.#now();
    return this.#plan.outages.some(
      (one) =>
        one.what === what &&
        (one.of === undefined || one.of === of) &&
        one.from <= now &&
        now < one.until &&
        this.#isOn,
    );
  }
}
