import { test } from "vitest";
import { seedOfTest } from "../../../../../tests/random.js";
import { openCorrupted } from "../../testing/corrupted-log.js";

test("of 2000 logs that are damaged anywhere, what is whole is kept and what is lost is told", () => openCorrupted(2000, seedOfTest()));
