/** Calls `run` at once on the first request and then at most once every `intervalMs` however often it is asked; `close` ends it. */
export interface Coalesced {
  request(): void;
  close(): void;
}

/**
 * Thins out requests: many changes arrive each second, one refetch a second is what an eye can follow.
 *
 * @param run - the work
 * @param intervalMs - shortest time between two runs
 * @returns the thinned request
 */
export function coalesce(run: () => void, intervalMs: number): Coalesced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false;
  const start = (): void => {
    isAsked = false;
    run();
    timer = setTimeout(() => {
      timer = undefined;
      if (isAsked) start();
    }, intervalMs);
  };
  return {
    request() {
      if (timer === undefined) start();
      else isAsked = true;
    },
    close() {
      clearTimeout(timer);
      timer = undefined;
      isAsked = false;
    },
  };
}
