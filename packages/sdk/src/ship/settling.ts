import type { ShippedWriter, WriterFilter } from "./shipped-writer.js";
import type { StepResult, WriterShipper } from "./writer-shipper.js";

/** Longest wait for one answer while a process waits for the end: a platform that hangs must not hold the training's exit code back. */
export const LAST_ANSWER_MS = 3_000;

const MOST_OWN_FAILURES = 2;

/** How the wait for what is left ended. */
export interface Settled {
  /** Everything that was in the journals is acknowledged. */
  isComplete: boolean;
  reason?: string;
}

/** The wait until what was written up to now is acknowledged, or until that is hopeless. */
export class Settling {
  /** Never rejects. */
  readonly ended: Promise<Settled>;
  private readonly isMeant: WriterFilter;
  private readonly deadlineMs: number;
  private readonly wasInTrouble: boolean;
  private readonly end: (settled: Settled) => void;
  /** With the number of the last read that began before. */
  private unsettled: Map<WriterShipper, number> | undefined;
  private living: ReadonlySet<WriterShipper> = new Set();
  private readonly givenUp = new Map<WriterShipper, string>();
  private failures = 0;
  private trouble: string | undefined;
  private patience: NodeJS.Timeout | undefined;

  /**
   * @param isMeant - whose records are waited for
   * @param deadlineMs - when to give up, in milliseconds since 1970
   * @param trouble - why the platform takes no records now; it gets one more try then
   */
  constructor(isMeant: WriterFilter, deadlineMs: number, trouble: string | undefined) {
    this.isMeant = isMeant;
    this.deadlineMs = deadlineMs;
    this.trouble = trouble;
    this.wasInTrouble = trouble !== undefined;
    let resolve: (settled: Settled) => void = () => undefined;
    this.ended = new Promise((settle) => {
      resolve = settle;
    });
    this.end = (settled) => {
      clearTimeout(this.patience);
      resolve(settled);
    };
    this.expectAnswer();
  }

  /** A round over all writers begins. @param writers - of this round */
  startRound(writers: readonly ShippedWriter[]): void {
    const present = new Map(writers.filter((one) => this.isMeant(one)).map(({ shipper }) => [shipper, shipper.reads]));
    this.living = new Set(writers.filter(({ isGone }) => !isGone).map(({ shipper }) => shipper));
    // Those that come later have nothing that was written before.
    this.unsettled = this.unsettled ? new Map([...this.unsettled].filter(([shipper]) => present.has(shipper))) : present;
  }

  /** One exchange with the platform ended. @param shipper - whose @param result - how */
  note(shipper: WriterShipper | undefined, result: StepResult): void {
    this.expectAnswer();
    if (result.kind === "deleted") return this.end({ isComplete: false, reason: result.reason });
    if (shipper && (result.kind === "idle" || this.isThrough(shipper))) this.unsettled?.delete(shipper);
    if (result.kind === "shipped") this.failures = 0;
    if (result.kind !== "failed") return;
    this.trouble = result.reason;
    if (result.isOwn) return this.failedAlone(shipper, result.reason);
    this.failures += 1;
    if (this.wasInTrouble || this.failures > 1) this.end({ isComplete: false, reason: result.reason });
  }

  /** The round ended without a failure. */
  endRound(): void {
    if (this.unsettled?.size !== 0) return;
    const reason = [...this.givenUp.values()][0];
    this.end(reason === undefined ? { isComplete: true } : { isComplete: false, reason });
  }

  /** The others are still waited for. A writer has {@link MOST_OWN_FAILURES} tries. */
  private failedAlone(shipper: WriterShipper | undefined, reason: string): void {
    if (!shipper || !this.unsettled?.has(shipper) || shipper.failures < MOST_OWN_FAILURES) return;
    this.unsettled.delete(shipper);
    this.givenUp.set(shipper, reason);
  }

  /** A training whose threads go on recording never comes to its end; what it had recorded before is through all the same. */
  private isThrough(shipper: WriterShipper): boolean {
    return this.living.has(shipper) && shipper.caughtUpAt > (this.unsettled?.get(shipper) ?? Infinity);
  }

  private expectAnswer(): void {
    const leftMs = Math.max(0, this.deadlineMs - Date.now());
    const isLast = leftMs <= LAST_ANSWER_MS;
    clearTimeout(this.patience);
    this.patience = setTimeout(
      () =>
        this.end({
          isComplete: false,
          reason: isLast ? (this.trouble ?? "the time for the last records ran out") : "no answer from the platform in time",
        }),
      Math.min(leftMs, LAST_ANSWER_MS),
    );
  }
}
