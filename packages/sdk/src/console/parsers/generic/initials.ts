import type { CounterRole } from "./counter-word.js";

const INITIAL = /(?:(?<=^|[\s|])(?=\w[:=])|(?<=\[))([EBSIF])[:= ] ?\d[\d,]*(?=\s|$|[|\]])/g;
const WITH_BATCH = /\bB[:=]/;

/**
 * @param text - one line without its prefix
 * @returns whether it counts by initials, at least two of them: `E: 3 | S: 1000`, `E=1 B=50`
 */
export function isInitials(text: string): boolean {
  const found = text.length > 3 && /[EBSIF][:= ]/.test(text) ? [...text.matchAll(INITIAL)] : [];
  return found.length >= 2 && found.some(([, initial]) => initial === "E");
}

/**
 * @param key - of a whole number on such a line
 * @param text - the line
 * @returns what it counts: beside a batch `E` is the epoch, else the episode; frames of a game (`F`) are steps several times over
 */
export function roleOfInitial(key: string, text: string): CounterRole | undefined {
  if (key === "E") return WITH_BATCH.test(text) ? "epoch" : "episode";
  if (key === "B") return "batch";
  if (key === "S" || key === "I") return "iteration";
  return key === "F" ? "ignored" : undefined;
}
