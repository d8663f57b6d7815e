/** What the check of a request needs to know of the instance that a driver of the store has already. */
export interface KnownInstance {
  /** By id: the highest seq that is kept of a writer. */
  readonly writers: ReadonlyMap<string, { readonly ack: number }>;
  /** By series key. */
  readonly series: ReadonlyMap<string, unknown>;
}
