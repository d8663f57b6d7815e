import type { Steps } from "../slices.js";
import { isToBeRemoved } from "../state/deleted.js";
import { chunkId } from "./database/chunks.js";
import type { HeadReader } from "./database/heads.js";
import type { DatabaseWriter, RowWriter } from "./database/writer.js";
import type { StoredInstance } from "./instance-state.js";
import type { Memory } from "./memory.js";

/** What pruning works on. */
export interface PruneParts {
  memory: Memory;
  heads: HeadReader;
  writer: DatabaseWriter;
  now: () => number;
}

/**
 * Removes deleted instances and trainings that can no longer be restored from the database: they take nothing and change no more. To be called while no checkpoint is made.
 *
 * @returns how many instances it removed
 */
export async function prune({ memory, heads, writer, now }: PruneParts): Promise<number> {
  let removed = 0;
  for (const id of heads.deletedIds()) {
    const instance = memory.held(id);
    if (instance === undefined || instance.damage.length > 0 || !isToBeRemoved(instance, now())) continue;
    // Not stored as it is: the next time.
    if (memory.changed.instances.has(instance)) continue;
    await writer.transaction((rows) => removeInstance(rows, instance, memory.storedInstances - 1 + memory.missing.instances));
    memory.storedInstances--;
    memory.forget(id);
    memory.listed.forget(id);
    removed++;
  }
  for (const training of memory.trainings.values()) {
    if (!isToBeRemoved(training, now()) || memory.changed.trainings.has(training)) continue;
    const { name } = training;
    await writer.transaction((rows) => removeTraining(rows, name, memory));
    memory.trainings.delete(name);
    memory.revisions.delete(name);
  }
  return removed;
}

function* removeTraining(rows: RowWriter, name: string, { trainings, revisions, missing }: Memory): Steps {
  rows.removeTraining(name);
  rows.putMeta("trainings", trainings.size - 1 + missing.trainings);
  yield rows.putMeta("revisions", [...revisions.values()].flat().length - (revisions.get(name)?.length ?? 0) + missing.revisions);
}

function* removeInstance(rows: RowWriter, { id, series }: StoredInstance, left: number): Steps {
  for (const { no, name } of series.values()) {
    rows.removeChunks(chunkId(no, 0), chunkId(no + 1, 0));
    rows.removeFigures(name, id);
    yield;
  }
  rows.removeInstance(id);
  rows.putMeta("instances", left);
}
