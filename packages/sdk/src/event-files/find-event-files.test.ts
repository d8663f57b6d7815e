import { expect, test } from "vitest";
import { isEventFile, placeOf } from "./find-event-files.js";

test("an event file has tfevents in its name", () => {
  expect(["events.out.tfevents.1.host", "a.tfevents", "/x/tfevents/log.txt"].map(isEventFile)).toEqual([true, true, false]);
});

test.each([
  ["/runs/a", ["/runs/a"], "/runs/a", ""],
  // Parts of what lies above them.
  ["/runs/a/train", ["/runs/a/train"], "/runs/a", "train"],
  ["/runs/a/Validation", ["/runs/a/train", "/runs/a/Validation"], "/runs/a", "Validation"],
  // What add_scalars writes.
  ["/runs/a/loss_x", ["/runs/a", "/runs/a/loss_x"], "/runs/a", "loss_x"],
  ["/runs/a/multi/b", ["/runs/a", "/runs/a/multi/b"], "/runs/a", "multi/b"],
  // Runs of their own, beside or far below each other.
  ["/runs/b", ["/runs/a", "/runs/b"], "/runs/b", ""],
  ["/runs/g/b", ["/runs/a", "/runs/g/b"], "/runs/g/b", ""],
  // The folder that is imported is a run, whatever it is called.
  ["/runs", ["/runs"], "/runs", ""],
])("%s among %o is a part of %s", (folder, folders, run, part) => {
  expect(placeOf(folder, "/runs", new Set(folders))).toEqual({ folder: run, part });
});

test("a folder that stands alone is a run, wherever it lies", () => {
  const folders = new Set(["/runs/a", "/runs/a/1700"]);
  expect(placeOf("/runs/a/1700", "/runs", folders, (folder) => folder.endsWith("1700"))).toEqual({ folder: "/runs/a/1700", part: "" });
});
