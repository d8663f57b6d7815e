import { encodeBatchHead, type JournalRecord, type Labels, RecordEncoder } from "ava-protocol";
import type { Transport } from "./transport.js";

/** What a writer could not write to its journal: facts, events and the counts of what it dropped. They are plain JSON. */
export interface LastWords {
  writer: string;
  training: string;
  labels?: Labels;
  /** Seq of the last record that is in the journal. */
  afterSeq: number;
  records: readonly JournalRecord[];
}

/**
 * Sends what a full disk kept out of the journal straight to the platform, behind all that is in it.
 *
 * @param transport - way to the platform, which has acknowledged the journal
 * @param instance - id of the instance
 * @param words - what is sent
 * @param timeoutMs - for the request
 * @returns why the platform does not have them; undefined when it has
 */
export async function sendLastWords(
  transport: Transport,
  instance: string,
  { writer, training, labels, afterSeq, records }: LastWords,
  timeoutMs: number,
): Promise<string | undefined> {
  const encoder = new RecordEncoder();
  for (const [index, record] of records.entries()) encoder.write(afterSeq + 1 + index, record);
  const head = encodeBatchHead({ writer, training, prevSeq: afterSeq, ...(labels ? { labels } : {}) });
  const result = await transport.send(instance, Buffer.concat([head, encoder.bytes()]), Math.max(1, timeoutMs));
  if (result.kind === "acked") return undefined;
  return "reason" in result ? result.reason : "it misses earlier records";
}
