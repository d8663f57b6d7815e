import { test } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import { cut, flipped, placesOf, proveDamageIsTold, SMALL_STEPS, STEPS, spoiled, wholeStore } from "../../testing/store-faults.js";

test("2,000 flips, cuts, zeroes and exchanged pages of store.db: nothing wrong is served, and what is lost is told", async () => {
  const whole = await wholeStore(STEPS);
  const random = randomOf(seedOfTest());
  for (let more = 0; more < 2000; more++) await proveDamageIsTold(whole, spoiled(whole.bytes, random));
});

test("a small store, cut at each byte and each byte flipped: nothing wrong is served, and what is lost is told", async () => {
  const whole = await wholeStore(SMALL_STEPS);
  const { below } = randomOf(seedOfTest());
  for (const at of placesOf(whole.bytes)) {
    await proveDamageIsTold(whole, flipped(whole.bytes, at, below(8)));
    await proveDamageIsTold(whole, cut(whole.bytes, at));
  }
});
