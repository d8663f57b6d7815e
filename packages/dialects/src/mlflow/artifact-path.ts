import { MOST_PART_BYTES, MOST_PATH_CHARS } from "../file-path.js";
import { print64 } from "../print.js";

/** Of a path that is too long its first folders stay, and 16 digits for the rest. */
const MOST_FOLDER_CHARS = MOST_PATH_CHARS - 17;
const encoder = new TextEncoder();

/**
 * Where an artifact is kept whose name files of runs do not have and MLflow's have: control characters, backslashes and the colon of a drive are percent-encoded,
 * what is too long is cut and gets 16 hexadecimal digits.
 *
 * @param path - of the client; one that leaves the run stays as it is
 * @returns the same path for a name that files of runs have
 */
export function artifactPath(path: string): string {
  const clean = path.replaceAll(/[\p{Cc}\\]/gu, encodeURIComponent).replace(/^([A-Za-z]):/, "$1%3A");
  const held = clean.split("/").map(heldPart).join("/");
  return held.length > MOST_PATH_CHARS ? `${held.slice(0, held.lastIndexOf("/", MOST_FOLDER_CHARS))}/${digitsOf(path)}` : held;
}

function heldPart(part: string): string {
  if (encoder.encode(part).length <= MOST_PART_BYTES) return part;
  // A character has four bytes at most.
  return `${[...part].slice(0, 50).join("")}-${digitsOf(part)}`;
}

function digitsOf(text: string): string {
  return print64(text).toString(16).padStart(16, "0");
}
