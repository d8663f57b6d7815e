import { randomInt } from "node:crypto";

const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

/**
 * Makes the id of a new instance without asking the platform: `20261122-233919-k7m2xq`, sorted by start, unique among a billion of one second's.
 *
 * @param now - start of the run
 * @returns an id that fits folders and URLs
 */
export function newInstanceId(now: Date = new Date()): string {
  const [date, time] = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").split("T") as [string, string];
  const random = Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  return `${date}-${time}-${random}`;
}
