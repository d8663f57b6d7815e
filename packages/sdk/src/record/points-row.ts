import { LIMITS } from "ava-protocol";

/** Characters of names in one points record: with their definitions a body must hold it. */
const NAMES_PER_RECORD_CHARS = 1_048_576;

/** Values of the points record that is being made; used again for the next. */
export class PointsRow {
  ids: Uint32Array = new Uint32Array(16);
  values: Float64Array = new Float64Array(16);
  count = 0;
  private nameChars = 0;

  /** Whether a further value belongs to another record. */
  get isFull(): boolean {
    return this.count === LIMITS.valuesPerRecord || this.nameChars > NAMES_PER_RECORD_CHARS;
  }

  /** @param id - of the series @param value - of any kind @param nameChars - length of the series' name */
  add(id: number, value: number, nameChars: number): void {
    if (this.count === this.ids.length) this.grow();
    this.ids[this.count] = id;
    this.values[this.count] = value;
    this.nameChars += nameChars;
    this.count += 1;
  }

  /** Forgets the values. */
  clear(): void {
    this.count = 0;
    this.nameChars = 0;
  }

  private grow(): void {
    const ids = new Uint32Array(this.ids.length * 2);
    const values = new Float64Array(ids.length);
    ids.set(this.ids);
    values.set(this.values);
    this.ids = ids;
    this.values = values;
  }
}
