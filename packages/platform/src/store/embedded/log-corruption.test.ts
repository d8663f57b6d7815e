import { test } from "vitest";
import { seedOfTest } from "../../../../../tests/random.js";
import { openCorrupted } from "../../testing/corrupted-log.js";

test("of a log that is damaged anywhere, what is whole is kept and what is lost is told", () => openCorrupted(100, seedOfTest()));
