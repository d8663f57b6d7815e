import { test } from "vitest";
import { seedOfTest } from "../random.js";
import { killAtRandom } from "./mixed-kills.js";

test("killed while requests with and without bodies come in random order, everything acknowledged is there once", () =>
  killAtRandom(12, seedOfTest()));
