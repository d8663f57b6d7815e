import { test } from "vitest";
import { seedOfTest } from "../../../../../tests/random.js";
import { proveDamageIsTold, wholeStore } from "../../testing/store-faults.js";

test("2,000 flips, cuts, zeroes and exchanged pages of store.db: nothing wrong is served, and what is lost is told", async () => {
  const whole = await wholeStore();
  const seed = seedOfTest();
  for (let more = 0; more < 2000; more++) await proveDamageIsTold(whole, seed + more);
});
