import { test } from "vitest";
import { proveDamageIsTold, wholeStore } from "../../testing/store-faults.js";

test("2,000 flips, cuts, zeroes and exchanged pages of store.db: nothing wrong is served, and what is lost is told", async () => {
  const whole = await wholeStore();
  for (let seed = 10_000; seed < 12_000; seed++) await proveDamageIsTold(whole, seed);
});
