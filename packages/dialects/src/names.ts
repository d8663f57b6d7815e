import { LIMITS, plainLine } from "ava-protocol";
import type { RunKey } from "./ports.js";
import { print64 } from "./print.js";

/** @param name - what a client calls a run @returns it as a display name: one line, cut where it is too long; may be empty */
export function displayName(name: string): string {
  return [...plainLine(name).normalize("NFC")].slice(0, LIMITS.displayNameChars).join("").trim();
}

/** @param name - of a client's experiment or project @returns it as the name of a training: `_` stands for what such names do not have */
export function trainingName(name: string): string {
  const clean = name.normalize("NFC").replaceAll(/[\p{Cc}\p{Cs}/]/gu, "_");
  const cut = [...clean].slice(0, LIMITS.trainingNameChars).join("");
  return cut === "" || cut === "." || cut === ".." ? "_" : cut;
}

/** @param key - of a run that its client has named @returns the id of its instance, the same everywhere: `wandb-` and 16 hexadecimal digits */
export function instanceIdOf({ dialect, training, run }: RunKey): string {
  return `${dialect}-${print64(JSON.stringify([dialect, training, run]))
    .toString(16)
    .padStart(16, "0")}`;
}
