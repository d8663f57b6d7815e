import { expect, it } from "vitest";
import { score } from "./score.js";

const loss = { name: "loss", value: 0.5, line: 3 };

it("counts an entry once, and what is not listed as wrong", () => {
  const { required, found, right, wrong, missed } = score(
    [loss, loss, { ...loss, line: 4 }, { ...loss, name: "acc" }],
    [loss, { ...loss, name: "acc", value: 0.9 }],
  );
  expect({ required, found, right, wrong: wrong.length, missed: missed.length }).toEqual({
    required: 2,
    found: 1,
    right: 1,
    wrong: 3,
    missed: 1,
  });
});

it("allows what is optional without asking for it, and rates without a key", () => {
  const { required, right, wrong } = score([loss, { ...loss, name: "words/sec" }], [{ ...loss, optional: true }]);
  expect({ required, right, wrong }).toEqual({ required: 0, right: 1, wrong: [] });
});

it("compares the counters that an entry states, and picks the entry that they agree with", () => {
  const { counters, countersRight, miscounted } = score(
    [
      { ...loss, epoch: 2, batch: 7 },
      { ...loss, epoch: 1 },
    ],
    [
      { ...loss, epoch: 1, total: 9 },
      { ...loss, epoch: 2 },
    ],
  );
  expect({ counters, countersRight, miscounted: miscounted.length }).toEqual({ counters: 3, countersRight: 2, miscounted: 1 });
});

it("takes numbers that JSON does not have, and compares relatively", () => {
  const { found } = score(
    [
      { ...loss, value: Number.NaN },
      { ...loss, line: 4, value: 1e9 + 1e-1 },
    ],
    [
      { ...loss, value: "NaN" },
      { ...loss, line: 4, value: 1e9 },
    ],
  );
  expect(found).toBe(2);
});
