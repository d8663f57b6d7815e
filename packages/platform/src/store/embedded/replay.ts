import { PlatformError } from "../../error.js";
import { readBatchHeader } from "../../intake/records/header.js";
import { applyCommand } from "../state/apply.js";
import type { Command } from "../state/command.js";
import type { Aside } from "./log/aside.js";
import { describeGap } from "./log/check-log.js";
import type { Frame } from "./log/frame.js";
import { type LastFrames, readSegment, readSegmentFile } from "./log/read-segment.js";
import type { Memory } from "./memory.js";

/**
 * Brings the requests of a log segment into memory, past damage and past what cannot be applied. The segment stays as it is.
 *
 * @param path - the segment
 * @param lastFrames - of the segments before
 * @param aside - keeps copies of what was passed over
 * @param warn - told of it
 * @returns size of the segment in bytes
 * @throws PlatformError `store_newer`, `data_dir_unusable`
 */
export function replaySegment(
  path: string,
  memory: Memory,
  lastFrames: LastFrames,
  aside: Pick<Aside, "copy">,
  warn: (message: string) => void,
): number {
  const bytes = readSegmentFile(path);
  const parts = readSegment(bytes, lastFrames);
  if (parts === "newer")
    throw new PlatformError("store_newer", `A newer ava-platform wrote ${path}. Start that one, or give another --data folder.`);
  const keepCopy = (start: number, end: number): string =>
    start === end ? "" : ` A copy of these bytes is in ${aside.copy(path, start, bytes.subarray(start, end))}.`;
  for (const part of parts) {
    if (part.kind === "frame") {
      const why = applyFrame(memory, part, warn);
      if (why === undefined) continue;
      const what = `${path} has a request at byte ${part.start}, ${part.end - part.start} bytes, that cannot be applied ${why}; all else is kept.`;
      warn(`store_damaged: ${what}${keepCopy(part.start, part.end)}`);
    } else {
      const { message } = describeGap(path, part);
      warn(part.kind === "unfinished" ? message : `store_damaged: ${message}${keepCopy(part.start, part.end)}`);
    }
  }
  return bytes.length;
}

/** @returns whether a request cannot be applied, and has changed nothing, or not all of it, and why; `undefined` when it was applied */
function applyFrame(memory: Memory, { head, body }: Frame, warn: (message: string) => void): string | undefined {
  const undo = memory.begin();
  try {
    const command = head as Command;
    const lost = command.kind === "records" ? findLost(memory, command.instance, body) : undefined;
    const change = applyCommand(memory, command, body);
    if (lost !== undefined) {
      warn(`store_damaged: ${lost} (instance ${change?.instance.id}).`);
      change?.instance.events.push({ event: "store_damaged", timeNs: `${BigInt(command.atMs) * 1_000_000n}`, message: lost });
    }
    const leftOut = change?.leftOut;
    return leftOut === undefined ? undefined : `as a whole (${leftOut})`;
  } catch (error) {
    undo.takeBack();
    return `(${error instanceof Error ? error.message : String(error)})`;
  }
}

/**
 * Lost frames show once more where a writer goes on: requests were accepted only without a gap.
 *
 * @returns what is lost, as a sentence without its end
 */
function findLost(memory: Memory, id: string, body: Uint8Array): string | undefined {
  const { writer, prevSeq } = readBatchHeader(body).header;
  const ack = memory.find(id)?.writers.get(writer)?.ack ?? 0;
  return prevSeq > ack ? `The records ${ack + 1} to ${prevSeq} of writer ${writer} are lost: the platform's log was damaged` : undefined;
}
