import { encodeBatchHead, RecordEncoder } from "ava-protocol";
import type { LastWords } from "../record/background.js";
import type { Transport } from "./transport.js";

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
