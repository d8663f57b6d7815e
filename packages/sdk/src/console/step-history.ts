/** A line can be read later than the file is written that the trainer wrote after it. */
const SLACK_MS = 100;

/** Steps that follow each other more quickly count as one moment. */
const MOMENT_MS = 20;

/** Files are looked at within seconds of their last change. */
const MOST_MOMENTS = 20_000;

/** Remembers when a run was at which step. */
export class StepHistory {
  private readonly moments: { timeMs: number; step: number }[] = [];

  /** @param step - that the run has told @param timeMs - when, in milliseconds since 1970 */
  add(step: number, timeMs: number = Date.now()): void {
    const last = this.moments.at(-1);
    if (last && timeMs - last.timeMs < MOMENT_MS) last.step = step;
    else if (last?.step !== step) this.moments.push({ timeMs, step });
    if (this.moments.length > MOST_MOMENTS) this.moments.splice(0, MOST_MOMENTS / 2);
  }

  /** @param timeMs - milliseconds since 1970 @returns the step of the run at that time; `undefined` when it has told none */
  at(timeMs: number): number | undefined {
    return (this.moments.findLast((moment) => moment.timeMs <= timeMs + SLACK_MS) ?? this.moments[0])?.step;
  }
}
