import type { BatchHeader } from "ava-protocol";
import type { KnownInstance } from "../known.js";
import type { Sieve } from "./sieve.js";

/** A body on its way through the check. */
export interface Walk {
  body: Uint8Array;
  view: DataView;
  header: BatchHeader;
  /** Why no series can have the labels of the header. */
  whyNotHeader: string | undefined;
  /** Records up to this seq were taken before: neither told nor counted again. */
  ack: number;
  sieve: Sieve;
  /** The instance, if there is one. */
  known: KnownInstance | undefined;
  /** Keys of the series that the instance does not have yet. */
  newKeys: Set<string>;
  /** By id: a series that can be taken, or why it cannot. */
  series: (true | string)[];
}
