import { createQueue } from "../../api/queue.js";
import { ApiError } from "../../api/request.js";

/** What came of an action on several runs. */
export interface Outcome {
  done: readonly string[];
  /** Those that were not done, or of which the answer was lost. */
  left: readonly string[];
  /** Those that are as before for certain are not among these. */
  touched: readonly string[];
  /** Why the first that failed did; absent where all were done. */
  error?: unknown;
}

const queue = createQueue(4);

/**
 * Does something to several runs, a few at a time. One that fails does not keep the others from being done; a platform that is away does.
 *
 * @param ids - of the runs
 * @param work - on one of them
 * @param onDone - called with the number of those that are done
 * @returns what came of it
 */
export async function eachRun(
  ids: readonly string[],
  work: (id: string) => Promise<void>,
  onDone: (count: number) => void,
): Promise<Outcome> {
  const done = new Set<string>();
  const lost = new Set<string>();
  let error: unknown;
  const one = async (id: string): Promise<void> => {
    if (lost.size > 0) return;
    try {
      await work(id);
      done.add(id);
      onDone(done.size);
    } catch (failure) {
      error ??= failure;
      if (failure instanceof ApiError && failure.code === "unreachable") lost.add(id);
    }
  };
  await Promise.all(ids.map((id) => queue(() => one(id))));
  const left = ids.filter((id) => !done.has(id));
  return { done: [...done], left, touched: ids.filter((id) => done.has(id) || lost.has(id)), ...(error === undefined ? {} : { error }) };
}
