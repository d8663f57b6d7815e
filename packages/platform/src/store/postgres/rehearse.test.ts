import { expect, test } from "vitest";
import type { WindowAnswer } from "../contract/window.js";
import { rehearseCharts } from "./rehearse.js";

test("charts of made-up series are drawn from edges of their chunks, without damage; none once it is to end", async () => {
  const answers: WindowAnswer[] = [];
  const stopping = new AbortController();
  await rehearseCharts(stopping.signal, (answer) => {
    answers.push(answer);
    if (answers.length === 62) stopping.abort();
  });
  expect(answers.length).toBe(62);
  for (const answer of [answers[0], answers.at(-1)]) {
    const { columns } = answer as Exclude<WindowAnswer, Error>;
    expect(columns!.damage).toEqual([]);
    expect(columns!.count.reduce((sum, count) => sum + count, 0)).toBe(64 * 4096);
    expect(columns!.count.length).toBe(29);
  }
});
