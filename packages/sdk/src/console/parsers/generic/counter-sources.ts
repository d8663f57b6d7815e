import type { Place } from "../parser.js";
import { CounterState, type HeardEpoch } from "./counters.js";
import type { CountedRoles } from "./reading.js";

/** Processes whose counters are kept: of more, those that came last share one. */
const MOST_SOURCES = 4096;

/** Counters of all processes that print to one console, each kept for itself: one may be an epoch behind the others. */
export class CounterSources {
  readonly #heard: HeardEpoch = { value: Number.NaN };
  readonly #shared = new CounterState(this.#heard);
  /** The process that counted first, whose counters are those of lines without a process, too. */
  #first: string | undefined;
  readonly #others = new Map<string, CounterState>();

  /**
   * @param source - the process that printed the line, where something in front says so
   * @param counters - as a line prints them
   * @param place - gets the counters of the line's metrics
   * @param isHeading - as of {@link CounterState.count}
   * @param isOfLast - as of {@link CounterState.count}
   */
  count(source: string | undefined, counters: CountedRoles, place: Place, isHeading: boolean, isOfLast: boolean): void {
    const own = source === undefined || source === this.#first ? undefined : this.#of(source, counters);
    (own ?? this.#shared).count(counters, place, isHeading, isOfLast);
  }

  /** A process that has counted nothing yet stands where the first one does. */
  #of(source: string, counters: CountedRoles): CounterState | undefined {
    const known = this.#others.get(source);
    const hasCounters = known === undefined && Object.values(counters).some((counter) => counter !== undefined);
    if (!hasCounters) return known;
    if (this.#first === undefined) {
      this.#first = source;
      return undefined;
    }
    if (this.#others.size >= MOST_SOURCES) return undefined;
    const begun = new CounterState(this.#heard);
    this.#others.set(source, begun);
    return begun;
  }
}
