const pending = new Set<() => void>();

/**
 * Calls back when this process, or this worker thread, ends by itself. One listener serves all, so that Node sees no leak in many.
 *
 * @param work - synchronous
 * @returns takes the callback back
 */
export function onThreadExit(work: () => void): () => void {
  if (pending.size === 0) process.on("exit", runAll);
  pending.add(work);
  return () => {
    pending.delete(work);
    if (pending.size === 0) process.off("exit", runAll);
  };
}

function runAll(): void {
  for (const work of pending) work();
}
