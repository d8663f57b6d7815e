import { LIMITS } from "ava-protocol";

/** Requests with records that a replica answers in a second, and has time for more. */
const REQUESTS_PER_SECOND = 1000;

/** A shipper looks for something to send this often by itself, in milliseconds. */
const SHIPPER_LOOKS_MS = 250;

/** A run that records nothing is heard every fifteen seconds. */
const WINDOW_MS = 20_000;

/** The runs that send to this replica. Each is asked to pause for as long as keeps all of them together within what it can answer. */
export class Senders {
  private recent = new Set<string>();
  private before: ReadonlySet<string> = new Set();
  private startMs = Number.NEGATIVE_INFINITY;

  /**
   * @param instance - id of a run that sends
   * @returns how long it is asked to pause, in milliseconds; `undefined` where it need not
   */
  heard(instance: string, nowMs: number): number | undefined {
    const passedMs = nowMs - this.startMs;
    // A clock that was put back begins anew, too.
    if (passedMs >= WINDOW_MS || passedMs < 0) {
      this.before = passedMs < 2 * WINDOW_MS ? this.recent : new Set();
      this.recent = new Set();
      this.startMs = nowMs;
    }
    this.recent.add(instance);
    const runs = Math.max(this.recent.size, this.before.size);
    const pauseMs = Math.min(LIMITS.shipperPauseMs, Math.round((runs / REQUESTS_PER_SECOND) * 1000));
    return pauseMs > SHIPPER_LOOKS_MS ? pauseMs : undefined;
  }
}
