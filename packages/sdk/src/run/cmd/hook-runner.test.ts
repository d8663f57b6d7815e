import { expect, onTestFinished, test, vi } from "vitest";
import { HookRunner, type LogHook } from "./hook-runner.js";
import { LineQueue } from "./line-queue.js";

function runnerOf(hook: LogHook): { runner: HookRunner; warnings: string[] } {
  const warnings: string[] = [];
  return { runner: new HookRunner(hook, "'mine'", new LineQueue(), (message) => warnings.push(message)), warnings };
}

function feed(runner: HookRunner, lines: Iterable<string>): void {
  for (const line of lines) runner.push(line);
  runner.run();
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

test("a hook that keeps up gets every line at once and in order, however many come", async () => {
  // A busy machine may take longer for them than one go of a hook.
  vi.spyOn(performance, "now").mockReturnValue(0);
  onTestFinished(() => void vi.restoreAllMocks());
  const seen: string[] = [];
  const { runner, warnings } = runnerOf((line) => seen.push(line));
  feed(runner, numbers(5000));
  feed(runner, numbers(5000));
  expect(seen).toEqual([...numbers(5000), ...numbers(5000)]);
  await runner.settle(0);
  expect(warnings).toEqual([]);
});

test.each<[string, (line: string) => unknown]>([
  [
    "throws",
    () => {
      throw new Error("no");
    },
  ],
  ["is rejected", () => Promise.reject(new Error("no"))],
])("a hook that %s is still called; the first failure and the count are told", async (_, fail) => {
  const seen: string[] = [];
  const { runner, warnings } = runnerOf((line) => {
    seen.push(line);
    return fail(line);
  });
  feed(runner, numbers(4));
  await runner.settle(10_000);
  expect(seen).toEqual(numbers(4));
  expect(runner.failures).toBe(4);
  expect(warnings).toEqual([expect.stringMatching(/hook 'mine' failed at the line "0"; .*no/), "log hook 'mine' failed at 4 lines"]);
});

test("an async hook gets one line at a time", async () => {
  let running = 0;
  let most = 0;
  const { runner } = runnerOf(async () => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
  });
  feed(runner, numbers(100));
  await runner.settle(10_000);
  expect([most, running]).toEqual([1, 0]);
});

test("lines that find no room are dropped, counted and told", async () => {
  let release = (): void => undefined;
  const blocked = new Promise<void>((resolve) => {
    release = resolve;
  });
  let calls = 0;
  const { runner, warnings } = runnerOf(() => {
    calls += 1;
    return calls === 1 ? blocked : undefined;
  });
  feed(runner, ["first"]);
  feed(runner, numbers(100_005));
  expect(runner.dropped).toBe(5);
  release();
  await runner.settle(10_000);
  expect(calls).toBe(100_001);
  expect(warnings).toEqual(["log hook 'mine' was too slow: 5 lines did not reach it"]);
});

test("long lines are bounded by their characters", () => {
  const { runner } = runnerOf(() => new Promise(() => undefined));
  feed(runner, ["first"]);
  feed(runner, Array<string>(300).fill("x".repeat(65_536)));
  expect(runner.dropped).toBe(300 - 256);
});

test("a hook that never ends is not waited for, nor called again", async () => {
  vi.useFakeTimers();
  let calls = 0;
  const { runner, warnings } = runnerOf(() => {
    calls += 1;
    return new Promise(() => undefined);
  });
  feed(runner, numbers(3));
  const settled = runner.settle(10_000);
  await vi.advanceTimersByTimeAsync(10_000);
  await settled;
  vi.useRealTimers();
  expect([calls, runner.dropped, warnings.length]).toEqual([1, 2, 1]);
});

test.each([
  ["returns nothing", undefined],
  ["is async", Promise.resolve()],
])("a hook that computes long and %s lets other work of the process have its turn", async (_, answer) => {
  let turns = 0;
  let seenByLast = 0;
  const { runner } = runnerOf((line) => {
    const endMs = performance.now() + 15;
    while (performance.now() < endMs);
    if (line === "9") seenByLast = turns;
    return answer;
  });
  const interval = setInterval(() => {
    turns += 1;
  }, 1);
  feed(runner, numbers(10));
  await runner.settle(10_000);
  clearInterval(interval);
  expect(seenByLast).toBeGreaterThan(0);
});
