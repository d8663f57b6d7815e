/** What changed in one instance since a cursor. */
export interface StoreChange {
  instance: string;
  training: string;
  /** Its facts, state, events, models or drops changed, or it is new. */
  hasFacts: boolean;
  /** Series that grew, by key, with their version now. */
  series: ReadonlyMap<string, number>;
  /** The log's size, where it grew. */
  logBytes?: number;
  /** Longest time for which it had not been heard, of those that ended since, in milliseconds. */
  silenceMs: number;
}

/** Changes since a cursor. */
export interface ChangePage {
  changes: StoreChange[];
  /** Asked with next time. */
  cursor: string;
  /** The cursor is too old, or not of this store: what it missed is not known, so everything has to be asked anew. */
  isReset: boolean;
}
