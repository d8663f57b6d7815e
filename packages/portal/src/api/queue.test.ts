import { expect, test } from "vitest";
import { createQueue } from "./queue.js";

test("no more than the width run at once and all finish in order of arrival", async () => {
  const queue = createQueue(2);
  let running = 0;
  let most = 0;
  const finished: number[] = [];
  await Promise.all(
    [1, 2, 3, 4, 5].map((n) =>
      queue(async () => {
        running += 1;
        most = Math.max(most, running);
        await Promise.resolve();
        running -= 1;
        finished.push(n);
      }),
    ),
  );
  expect(most).toBe(2);
  expect(finished).toEqual([1, 2, 3, 4, 5]);
});

test("a job that was given up before its turn never starts, and the next one does", async () => {
  const queue = createQueue(1);
  const gate = new EventTarget();
  const first = queue(() => new Promise((resolve) => gate.addEventListener("open", resolve)));
  const giveUp = new AbortController();
  let isStarted = false;
  const second = queue(async () => {
    isStarted = true;
  }, giveUp.signal);
  const third = queue(async () => "third");
  giveUp.abort();
  gate.dispatchEvent(new Event("open"));
  await first;
  await expect(second).rejects.toThrow(/abort/i);
  expect(await third).toBe("third");
  expect(isStarted).toBe(false);
});
