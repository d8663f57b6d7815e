/** Lines of a piece of a file. */
export interface Lines {
  texts: string[];
  /** Bytes of the piece. */
  bytes: number;
}

/** Of a longer line only so much is given: it is not a point. */
const MOST_LINE_CHARS = 1_048_576;

/** @param chunks - bytes of a text, cut anywhere @returns its lines, chunk by chunk; a last one without its end comes last */
export function* linesOf(chunks: Iterable<Uint8Array>): Generator<Lines> {
  const decoder = new TextDecoder();
  let rest = "";
  for (const chunk of chunks) {
    const texts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = (texts.pop() ?? "").slice(0, MOST_LINE_CHARS);
    yield { texts, bytes: chunk.length };
  }
  rest += decoder.decode();
  if (rest !== "") yield { texts: [rest], bytes: 0 };
}
