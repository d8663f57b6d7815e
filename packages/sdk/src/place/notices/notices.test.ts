import { expect, test } from "vitest";
import { createNotices } from "./notices.js";

test("a script that draws a new warning at each step does not silence those of another kind", () => {
  const shown: string[] = [];
  const notices = createNotices({ showWarning: (message) => void shown.push(message) });
  for (let step = 0; step < 5_000; step++) notices.warn(`log() takes numbers; left out: bad_${step} (text)`);
  expect(shown.length).toBeLessThan(1_000);
  for (let time = 0; time < 2; time++) notices.warn("params cannot be written to /x: ENOSPC");
  expect(shown.filter((message) => message.startsWith("params"))).toHaveLength(1);
  expect(new Set(shown).size).toBe(shown.length);
});
