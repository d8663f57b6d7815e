import type { Line } from "./history.js";

/** `ERROR ` for stderr, a time of UTC, a space, the text. */
const LINE = /^(ERROR )?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)Z? ?([^]*)$/;
const encoder = new TextEncoder();

/** @param text - one line of what the program printed, as the client tells it @returns it as a piece of the log */
export function outputLine(text: string): Line {
  const [, error, time = "", words = text] = LINE.exec(text) ?? [];
  const timeMs = Date.parse(`${time}Z`) || 0;
  const stream = error === undefined ? "stdout" : "stderr";
  const bytes = encoder.encode(words.endsWith("\n") ? words : `${words}\n`);
  return { records: [{ kind: "log", timeNs: BigInt(timeMs) * 1_000_000n, stream, bytes }], passedOver: new Map() };
}
