import { randomUUID } from "node:crypto";

/** Stands in an answer for JSON that is there as text, and is sent as that text: no number of it goes through a float64. */
export class JsonSource {
  readonly #text: string;

  /** @param text - strict JSON on one line */
  constructor(text: string) {
    this.#text = text;
  }

  /** @returns what {@link stringifyAnswer} puts the text in the place of */
  toJSON(): string {
    return `${MARK}${sources.push(this.#text) - 1}`;
  }
}

/** No text of a client can hold it: it is made anew in every process. */
const MARK = randomUUID();
const MARKED = new RegExp(`"${MARK}(\\d+)"`, "g");

/** The texts of the answer that is being written. */
let sources: string[] = [];

/**
 * Writes an answer: as `JSON.stringify`, with each {@link JsonSource} as the text that it is.
 *
 * @param value - the answer
 * @returns JSON text
 */
export function stringifyAnswer(value: unknown): string {
  sources = [];
  const text = JSON.stringify(value);
  return sources.length === 0 ? text : text.replaceAll(MARKED, (_mark, index: string) => sources[Number(index)]!);
}
