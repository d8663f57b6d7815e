/** So often a lone record fails in a way that is about its body before it is passed over. */
const SURE_TRIES = 3;
/** The same for failures that may be the platform's own: a disk that it cannot write, an upgrade. Those must also last. */
const UNSURE_TRIES = 8;
/** How long they must last at least while a run is shipped, in milliseconds. */
export const UNSURE_MS = 300_000;

/** Counts how often one record alone could not be sent although the platform takes others. */
export class Suspicion {
  private seq = -1;
  private tries = 0;
  private sinceMs = 0;

  /**
   * @param seq - of the record that failed alone
   * @param isSure - the failure was about the body
   * @param unsureMs - how long failures that may be the platform's own must last
   * @param nowMs - the time now
   * @returns whether it is proven that the record cannot be sent
   */
  failed(seq: number, isSure: boolean, unsureMs: number, nowMs: number = Date.now()): boolean {
    if (seq !== this.seq) {
      this.seq = seq;
      this.tries = 0;
      this.sinceMs = nowMs;
    }
    this.tries += 1;
    return isSure ? this.tries >= SURE_TRIES : this.tries >= UNSURE_TRIES && nowMs - this.sinceMs >= unsureMs;
  }
}
