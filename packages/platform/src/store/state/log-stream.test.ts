import { expect, test } from "vitest";
import { siblingOf, streamNumber } from "./log-stream.js";

test.each(["w", "writer-one", "01J8Z3"])("the other stream of writer %s is found from the number of one", (writer) => {
  const [out, err] = [streamNumber(writer, "stdout"), streamNumber(writer, "stderr")];
  expect([siblingOf(out), siblingOf(err)]).toEqual([err, out]);
});
