import { test } from "vitest";
import { seedOfTest } from "../random.js";
import { killAtRandom } from "./mixed-kills.js";

test.each([0, 1, 2])("killed 200 times under mixed requests (round %i)", (round) => killAtRandom(200, seedOfTest() + round));
