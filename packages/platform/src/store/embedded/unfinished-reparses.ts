import type Database from "libsql";
import { PlatformError } from "../../error.js";
import type { Memory } from "./memory.js";

/** A reparse by its instance and number. */
interface Unfinished {
  id: string;
  n: number;
}

const IS_ADDING: string = `instr(facts, '"state":"adding"') > 0`;

/** Finds the instances that have one without a look at the others. */
export const UNFINISHED_INDEX: string = `CREATE INDEX IF NOT EXISTS instances_adding ON instances (id) WHERE ${IS_ADDING};`;

/**
 * Finds the reparses that were at work when the platform ended.
 *
 * @param db - of the store
 * @param memory - as it is after the log was read
 * @returns them, but for those of instances that are deleted or damaged
 */
export function findUnfinished(db: Database.Database, memory: Memory): Unfinished[] {
  const stored = db.prepare(`SELECT id FROM instances WHERE ${IS_ADDING}`).all() as { id: string }[];
  const ids = new Set([...memory.unstored, ...stored].map(({ id }) => id));
  return [...ids].flatMap((id) => {
    try {
      return memory
        .shown(id)
        .reparses.filter(({ state }) => state === "adding")
        .map(({ n }) => ({ id, n }));
    } catch (error) {
      if (error instanceof PlatformError) return [];
      throw error;
    }
  });
}

/**
 * Takes back what unfinished reparses added, one after the other.
 *
 * @param undo - of the store
 * @param unfinished - of {@link findUnfinished}
 * @param warn - told of each that could not be taken back
 */
export async function takeBack(
  undo: (id: string, n: number) => Promise<void>,
  unfinished: readonly Unfinished[],
  warn: (message: string) => void,
): Promise<void> {
  for (const { id, n } of unfinished) {
    try {
      await undo(id, n);
    } catch (error) {
      if (error instanceof PlatformError && error.code === "stopping") return;
      const why = error instanceof Error ? error.message : String(error);
      warn(
        `Reparse ${n} of the instance ${id} was not finished and cannot be taken back: ${why} The next reparse of the instance takes it back.`,
      );
    }
  }
}
