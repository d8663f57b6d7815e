import { type DropCounts, LIMITS, type Refusal, type RefusalCode } from "ava-protocol";

/** Where a thing that was left out is counted. */
export type DropKind = "points" | "logBytes" | "events" | "unknownRecords";

/** What is left out of a body, told and counted; the rest of the body stays as it came. */
export class Sieve {
  /** The first that were refused. */
  readonly refused: Refusal[] = [];
  /** All that was left out; `undefined` while that is nothing. */
  drops: DropCounts | undefined;
  private readonly body: Uint8Array;
  private readonly pieces: Uint8Array[] = [];
  private keptFrom = 0;

  /** @param body - a request body */
  constructor(body: Uint8Array) {
    this.body = body;
  }

  /** The body without what was left out: the body itself when that is nothing. */
  get taken(): Uint8Array {
    return this.keptFrom === 0 ? this.body : Buffer.concat([...this.pieces, this.body.subarray(this.keptFrom)]);
  }

  /**
   * Leaves bytes out.
   *
   * @param start - offset of the first
   * @param end - offset after the last; pieces are left out in their order
   * @param instead - takes their place
   */
  leaveOut(start: number, end: number, instead?: Uint8Array): void {
    this.pieces.push(this.body.subarray(this.keptFrom, start));
    if (instead !== undefined) this.pieces.push(Uint8Array.from(instead));
    this.keptFrom = end;
  }

  /**
   * Tells and counts something new that was refused.
   *
   * @param seq - its record, 0 for the header
   * @param why - sentence without its end
   * @param kind - where it is counted; absent for a definition, whose points are
   * @param count - how many, or how many bytes
   */
  refuse(seq: number, code: RefusalCode, why: string, kind?: DropKind, count = 1): void {
    const message = `${why[0]!.toUpperCase()}${why.slice(1)}.`;
    if (this.refused.length < LIMITS.refusalsPerAnswer) this.refused.push({ seq, code, message });
    this.drops = { ...(this.drops ?? { points: 0, logBytes: 0, events: 0 }), reason: message };
    if (kind !== undefined) this.drops[kind] = (this.drops[kind] ?? 0) + count;
  }
}
