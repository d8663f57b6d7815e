import { LIMITS, plainLine } from "ava-protocol";

/** @param name - what a client calls a run @returns it as a display name: one line, cut where it is too long; may be empty */
export function displayName(name: string): string {
  return [...plainLine(name).normalize("NFC")].slice(0, LIMITS.displayNameChars).join("").trim();
}
