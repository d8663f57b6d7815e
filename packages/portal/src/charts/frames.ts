const jobs = new Map<object, () => void>();
let isRequested = false;

/**
 * Runs work right before the browser paints next; the only place of the portal that asks for animation frames. Several requests of one owner
 * are one: the newest work runs.
 *
 * @param owner - identity of the chart that asks
 * @param work - what to do
 */
export function onNextFrame(owner: object, work: () => void): void {
  jobs.set(owner, work);
  if (isRequested) return;
  isRequested = true;
  requestAnimationFrame(() => {
    isRequested = false;
    const due = [...jobs.values()];
    jobs.clear();
    for (const job of due) job();
  });
}

/** @param owner - whose pending work is given up */
export function cancelFrame(owner: object): void {
  jobs.delete(owner);
}
