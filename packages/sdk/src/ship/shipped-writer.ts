import type { WriterShipper } from "./writer-shipper.js";

/** A writer whose records are shipped. */
export interface ShippedWriter {
  shipper: WriterShipper;
  /** Nothing more will come: its newest segment may go, too, once it is acknowledged. */
  isGone: boolean;
}

/** Chooses writers. */
export type WriterFilter = (writer: ShippedWriter) => boolean;
