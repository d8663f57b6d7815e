import { expect, test } from "vitest";
import { damaged } from "../../../error.js";
import { Series } from "../../held/series.js";
import { emptyHeld, type HeldInstance, TURN } from "./held.js";
import { Hold, heldBytes } from "./hold.js";

const NO_CHUNKS = {
  readHeads: () => [],
  readChunk: () => {
    throw damaged("There are none.");
  },
};

/** An instance with one series of so many points. */
function instanceOf(id: string, points: number): HeldInstance {
  const held = emptyHeld(1, id, "t", 0);
  const series = new Series(1, id, "loss", {}, NO_CHUNKS, TURN);
  for (let step = 0; step < points; step++) series.append(step, Number.NaN, 0, step, Math.sqrt(step));
  held.series.set(series.key, series);
  return held;
}

test("points that wait in memory count: of instances with many, those that were not asked for the longest go", () => {
  const one = instanceOf("one", 4000);
  expect(heldBytes(one)).toBeGreaterThan(100_000);
  const hold = new Hold(4.5 * heldBytes(one));
  for (const id of ["a", "b", "c", "d"]) hold.put(instanceOf(id, 4000), hold.generation);
  hold.get("a");
  const end = hold.change(["b"]);
  hold.put(instanceOf("e", 4000), hold.generation);
  expect(["a", "b", "c", "d", "e"].filter((id) => hold.get(id) !== undefined)).toEqual(["b", "e"]);
  end();
});

test("what grew since it was put is counted as it is when it is put again, and what was read before all was forgotten is not held", () => {
  const hold = new Hold(1_000_000);
  const grown = instanceOf("grown", 10);
  hold.put(grown, hold.generation);
  for (let step = 0; step < 500_000; step++) grown.series.get("loss")!.append(step, Number.NaN, 0, step, Math.sin(step));
  hold.put(instanceOf("other", 10), hold.generation);
  hold.put(grown, hold.generation);
  expect(hold.get("other")).toBeUndefined();
  const { generation } = hold;
  hold.clear();
  hold.put(grown, generation);
  expect(hold.get("grown")).toBeUndefined();
});
