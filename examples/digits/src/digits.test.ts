import { expect, it } from "vitest";
import { type DigitSet, loadDigits, pixelsPerDigit } from "./digits.js";

function images({ pixels, labels }: DigitSet): string[] {
  const bytes = Buffer.from(pixels.buffer);
  return Array.from(labels, (_, i) => bytes.toString("latin1", i * pixelsPerDigit * 4, (i + 1) * pixelsPerDigit * 4));
}

it("splits the 10,000 digits by sample: each digit's share validates, no image does both", () => {
  const { train, validation } = loadDigits(0.1, 7);
  expect(train.labels.length + validation.labels.length).toBe(10_000);
  for (let label = 0; label < 10; label++) {
    const validating = validation.labels.filter((other) => other === label).length;
    const all = validating + train.labels.filter((other) => other === label).length;
    expect(validating).toBe(Math.round(all * 0.1));
  }
  const trained = new Set(images(train));
  expect(images(validation).filter((image) => trained.has(image))).toEqual([]);
});

it("gives the same order for the same seed, and another for another", () => {
  const first = loadDigits(0.1, 7).train.labels;
  expect(loadDigits(0.1, 7).train.labels).toEqual(first);
  expect(loadDigits(0.1, 8).train.labels).not.toEqual(first);
});
