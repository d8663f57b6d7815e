/** Runs jobs, a few at a time, in the order they came; a job whose signal is aborted before its turn never starts. */
export type Queue = <Result>(job: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>;

/**
 * Makes a queue. A browser opens six connections to one host over HTTP/1.1 and the live stream holds one: without a queue a page of charts
 * would keep the stop button waiting.
 *
 * @param width - jobs that run at once
 * @returns the queue
 */
export function createQueue(width: number): Queue {
  const waiting: (() => void)[] = [];
  let running = 0;
  const next = (): void => {
    running -= 1;
    waiting.shift()?.();
  };
  return async (job, signal) => {
    if (running >= width) await new Promise<void>((start) => waiting.push(start));
    running += 1;
    try {
      signal?.throwIfAborted();
      return await job();
    } finally {
      next();
    }
  };
}
