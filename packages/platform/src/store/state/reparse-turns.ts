import { PlatformError } from "../../error.js";

/** Gives a turn back. */
export type EndTurn = () => Promise<void>;

/** Instances that are being reparsed, where one process, or one memory, knows all of them. */
export class ReparseTurns {
  private readonly taken = new Set<string>();

  /** @param id - of an instance @throws PlatformError `conflict` */
  take(id: string): EndTurn {
    if (this.taken.has(id)) throw turnTaken(id);
    this.taken.add(id);
    return async () => void this.taken.delete(id);
  }
}

/** @returns the error for one that comes while another is at work */
export function turnTaken(id: string): PlatformError {
  return new PlatformError("conflict", `A reparse of ${id} is at work. Wait until it has ended.`);
}
