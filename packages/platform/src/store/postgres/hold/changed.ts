import type { Command } from "../../state/command.js";
import type { Applied } from "../../state/target.js";

/** Names of metrics of an instance that changed behind a position. */
export interface Changed {
  /** What changed up to this position is not known. */
  fromPos: number;
  /** All that changed since; not many. */
  names: Set<string>;
}

/** Names that are remembered of an instance, and whose figures its row has: each commit writes them all. A longer one is too many by itself. */
const MAX_NAMES = 64;
const MAX_NAME_CHARS = 100;

/**
 * Remembers what a command changed. With too many names, or where series may be gone, it begins anew: what changed is known again once all up to there is
 * sealed.
 */
export function rememberChanged(changed: Changed, pos: number, { kind }: Command, applied: Applied | undefined): void {
  let isTooMuch = kind === "undoReparse";
  for (const { name } of applied?.series ?? []) {
    if (!isTooMuch) changed.names.add(name);
    isTooMuch ||= changed.names.size > MAX_NAMES || name.length > MAX_NAME_CHARS;
  }
  if (!isTooMuch) return;
  changed.names.clear();
  changed.fromPos = pos;
}
