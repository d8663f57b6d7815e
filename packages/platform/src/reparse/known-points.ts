import { LIMITS } from "ava-protocol";
import { PlatformError } from "../error.js";
import type { RawRows } from "../store/contract/points.js";

const FIRST_ROOM = 1024;

/** Points of a series that are in the store, by step and value. Each stands for one point that is read. An open hash table: 40 bytes a point. */
export class KnownPoints {
  /** Step and value of each place. */
  private pairs = new Float64Array(2 * FIRST_ROOM);
  /** 0 for a free place; else one more than there are points that stand for none yet. */
  private left = new Uint32Array(FIRST_ROOM);
  private used = 0;
  /** Points that stand for none yet. */
  rest = 0;
  private readonly bits = new Uint32Array(4);
  private readonly pair = new Float64Array(this.bits.buffer);

  /**
   * @param rows - points of the series
   * @throws PlatformError `limit_exceeded`
   */
  add({ count, step, value }: RawRows): void {
    this.rest += count;
    for (let row = 0; row < count; row++) {
      if (this.used >= this.left.length / 2) this.grow();
      const place = this.placeOf(step[row]!, value[row]!);
      if (this.left[place] === 0) this.put(place, step[row]!, value[row]!, 1);
      this.left[place]!++;
    }
  }

  /** @returns whether the store has such a point that has not been taken before */
  take(step: number, value: number): boolean {
    const place = this.placeOf(step, value);
    if (this.left[place]! < 2) return false;
    this.left[place]!--;
    this.rest--;
    return true;
  }

  private put(place: number, step: number, value: number, left: number): void {
    this.pairs[2 * place] = step;
    this.pairs[2 * place + 1] = value;
    this.left[place] = left;
    this.used++;
  }

  /** @returns the place of a point, or the free one that it would get; -0 is 0, and all NaN are one */
  private placeOf(step: number, value: number): number {
    this.pair[0] = step + 0;
    this.pair[1] = Number.isNaN(value) ? Number.NaN : value + 0;
    const [a, b, c, d] = this.bits as unknown as [number, number, number, number];
    let hash = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15) ^ c, 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 13) ^ d, 0x27d4eb2f);
    const mask = this.left.length - 1;
    let place = (hash ^ (hash >>> 16)) & mask;
    while (this.left[place] !== 0 && !this.isAt(place)) place = (place + 1) & mask;
    return place;
  }

  private isAt(place: number): boolean {
    return Object.is(this.pairs[2 * place]! + 0, this.pair[0]) && Object.is(this.pairs[2 * place + 1]! + 0, this.pair[1]);
  }

  private grow(): void {
    const { pairs, left } = this;
    if (this.used >= LIMITS.comparedPoints) {
      const message = `A series has more than ${LIMITS.comparedPoints} points (comparedPoints) to compare with. Give the metric another name in the rule.`;
      throw new PlatformError("limit_exceeded", message);
    }
    this.pairs = new Float64Array(pairs.length * 2);
    this.left = new Uint32Array(left.length * 2);
    this.used = 0;
    for (const [place, count] of left.entries()) {
      if (count === 0) continue;
      const [step, value] = [pairs[2 * place]!, pairs[2 * place + 1]!];
      this.put(this.placeOf(step, value), step, value, count);
    }
  }
}
