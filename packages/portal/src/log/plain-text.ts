import { Terminal } from "./terminal.js";

/** Lines that are read of a text. */
const MOST_LINES = 100;

/**
 * @param text - as a program printed it, colours and progress bars in it
 * @returns the text as a terminal shows it, without colours: of a progress bar the last state
 */
export function plainText(text: string): string {
  const terminal = new Terminal(MOST_LINES);
  terminal.feed(text);
  return terminal
    .lines()
    .map((line) => line.segments.map((segment) => segment.text).join(""))
    .join("\n");
}
