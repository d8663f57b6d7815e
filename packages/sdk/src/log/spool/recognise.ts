import type { Buffer } from "node:buffer";
import type { WriterReader } from "./writer-reader.js";

const LINE_FEED = 0x0a;

/**
 * Finds in the log what a holder of the lock had moved there before it was killed, and counts it as moved. Lines between, of programs that append to the log
 * without the spool, are passed over. A record of the same text that such a program wrote counts as ours.
 *
 * @param tail - what stands in the log behind its last commit
 * @param writers - at the offsets of that commit; they go on behind what is found
 * @returns bytes of the tail to keep: all, but for the beginning of a record at its end
 */
export function recogniseMoved(tail: Buffer, writers: readonly WriterReader[]): number {
  for (let at = 0; at < tail.length; ) {
    const ready = writers.filter((writer) => writer.peek());
    const moved = earliest(ready.filter((writer) => isAt(tail, at, writer)));
    if (moved) {
      at += textOf(moved).length;
      moved.current?.consume();
      continue;
    }
    const rest = tail.subarray(at);
    if (ready.some((writer) => rest.equals(textOf(writer).subarray(0, rest.length)))) return at;
    const end = tail.indexOf(LINE_FEED, at);
    if (end < 0) return tail.length;
    at = end + 1;
  }
  return tail.length;
}

function isAt(tail: Buffer, at: number, writer: WriterReader): boolean {
  const text = textOf(writer);
  return tail.subarray(at, at + text.length).equals(text);
}

/** Text of the record before which a writer stands. */
function textOf({ current }: WriterReader): Buffer {
  if (!current) throw new Error("this writer has no record");
  return current.window.subarray(current.textStart, current.textEnd);
}

function earliest(writers: readonly WriterReader[]): WriterReader | undefined {
  const timeOf = (writer: WriterReader) => writer.current?.timeMs ?? Infinity;
  return writers.toSorted((one, other) => timeOf(one) - timeOf(other))[0];
}
