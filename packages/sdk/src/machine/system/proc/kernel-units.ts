import { readFileSync } from "node:fs";
import { endianness } from "node:os";

/** Units in which the kernel counts for this process. */
export interface KernelUnits {
  pageBytes: number;
  ticksPerSecond: number;
}

/** Keys of the auxiliary vector: `AT_PAGESZ` and `AT_CLKTCK` of getauxval(3). */
const PAGE_BYTES_KEY = 6;
const TICKS_KEY = 17;

/** @returns the units of this machine; those of most machines where it does not tell */
export function readKernelUnits(): KernelUnits {
  try {
    return parseAuxiliaryVector(readFileSync("/proc/self/auxv"));
  } catch {
    return parseAuxiliaryVector(Buffer.alloc(0));
  }
}

/**
 * @param bytes - an auxiliary vector of pairs of 64-bit numbers
 * @returns the units in it
 */
export function parseAuxiliaryVector(bytes: Buffer): KernelUnits {
  const units: KernelUnits = { pageBytes: 4096, ticksPerSecond: 100 };
  const wordAt = (at: number) => Number(endianness() === "LE" ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    if (wordAt(at) === PAGE_BYTES_KEY) units.pageBytes = wordAt(at + 8);
    if (wordAt(at) === TICKS_KEY) units.ticksPerSecond = wordAt(at + 8);
  }
  return units;
}
