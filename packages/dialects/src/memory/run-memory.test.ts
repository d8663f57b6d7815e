import { expect, test } from "vitest";
import { MemoryOutlet } from "../testing/memory-outlet.js";
import type { MemoryEntry } from "./memory-entry.js";
import { RunMemory } from "./run-memory.js";

const key = { dialect: "wandb", training: "t", run: "r" };
const point = (step: number) => ({ kind: "points", series: [{ name: "m", labels: {} }], step, timeNs: 1n, values: [step] }) as const;

/** Its notes are kept as text, as a file would. */
class NotingOutlet extends MemoryOutlet {
  readonly noted: string[] = [];

  override async note(entry: MemoryEntry): Promise<void> {
    this.noted.push(JSON.stringify(entry));
  }
}

function newMemory() {
  const outlet = new NotingOutlet();
  return { memory: new RunMemory(outlet), outlet, noted: outlet.noted };
}

test("after a restart a memory knows its runs, their facts, and what was taken", async () => {
  const before = newMemory();
  await before.memory.open(key, { training: "t", paramsText: '{"lr": 0.10}' });
  await before.memory.append("r", [point(0), point(1)], { stream: "history", lines: [0, 1], nextLine: 2 });
  await before.memory.append("r", [point(7)], { prints: [0xffff_ffff_ffff_ffffn] });
  await before.memory.append("r", [{ kind: "params", within: ["a"], members: new Map([["b", "1.0"]]) }]);
  await before.memory.keep("mlflow", "k", "text");

  const { memory, outlet } = newMemory();
  for (const line of before.noted) memory.restore(JSON.parse(line) as MemoryEntry);
  expect(await memory.find(key)).toBe("r");
  expect((await memory.run("r"))?.facts.paramsText).toBe('{"lr": 0.10, "a": {"b": 1.0}}');
  expect((await memory.kept("mlflow")).get("k")).toBe("text");
  expect(await memory.append("r", [point(1), point(2)], { stream: "history", lines: [1, 2], nextLine: 3 })).toEqual({
    taken: 1,
    repeated: 1,
  });
  expect(await memory.append("r", [point(7)], { prints: [0xffff_ffff_ffff_ffffn] })).toEqual({ taken: 0, repeated: 1 });
  expect(outlet.written.get("r")).toEqual([point(2)]);
});

test("what is kept for reading back is bounded, the latest point is always there", async () => {
  const { memory } = newMemory();
  await memory.open(key, {});
  const many = Array.from({ length: 100_000 }, (_, step) => point(step));
  for (let round = 0; round < 11; round++) await memory.append("r", many);
  const { points } = await memory.points("r", "m", { offset: 0, limit: 2_000_000 });
  expect(points.length).toBeGreaterThan(500_000);
  expect(points.length).toBeLessThanOrEqual(1_000_000);
  expect((await memory.latest("r"))[0]?.point.step).toBe(99_999);
});

/** It waits for room before it keeps anything. */
class FullOutlet extends MemoryOutlet {
  giveRoom: () => void = () => undefined;
  private readonly room = new Promise<void>((resolve) => {
    this.giveRoom = resolve;
  });

  override async write(...written: Parameters<MemoryOutlet["write"]>): Promise<void> {
    await this.room;
    await super.write(...written);
  }
}

test("while records wait for room, neither a repeat of them nor what comes behind them overtakes", async () => {
  const outlet = new FullOutlet();
  const memory = new RunMemory(outlet);
  await memory.open(key, {});
  const append = (step: number) => memory.append("r", [point(step)], { stream: "history", lines: [step], nextLine: step + 1 });
  const appended = [append(0), append(0), append(1)];
  outlet.giveRoom();
  expect(await Promise.all(appended)).toEqual([
    { taken: 1, repeated: 0 },
    { taken: 0, repeated: 1 },
    { taken: 1, repeated: 0 },
  ]);
  expect(outlet.written.get("r")).toEqual([point(0), point(1)]);
});
