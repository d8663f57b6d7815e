import { createHash } from "node:crypto";
import { encodeBatchHead, RecordEncoder } from "ava-protocol";
import { createTransport } from "../ship/transport.js";
import type { SnapshotJob } from "./job.js";
import type { RegisterModel } from "./register-model.js";

const TIMEOUT_MS = 30_000;
/** Names of files may be long, and many. */
const MOST_MESSAGE_CHARS = 1_000;

/**
 * Records that a snapshot was given up as an event of its run. It goes by itself, not with the journal, which may be closed by then.
 *
 * @param platformUrl - base URL
 * @param token - write token, where the platform asks for one
 * @returns the function; an event that is sent twice is one
 */
export function createTellGivenUp(platformUrl: string, token?: string): RegisterModel {
  return async ({ id, model, files, metric, reason, trainingRef }: SnapshotJob) => {
    const transport = createTransport(platformUrl, token);
    try {
      const writer = createHash("sha256").update(`${model} ${id}`).digest("hex").slice(0, 16);
      const head = encodeBatchHead({ writer, training: textOf(trainingRef["training"]) ?? "default", prevSeq: 0 });
      const event = {
        event: "snapshot" as const,
        timeNs: String(BigInt(Date.now()) * 1_000_000n),
        ...(metric.batch === undefined ? {} : { step: metric.batch }),
        ...(files[0] === undefined ? {} : { file: files[0] }),
        message: `snapshot ${model} is given up: ${reason}`.slice(0, MOST_MESSAGE_CHARS),
      };
      const encoder = new RecordEncoder();
      encoder.write(1, { type: "event", event });
      const result = await transport.send(textOf(trainingRef["instanceID"]) ?? "", Buffer.concat([head, encoder.bytes()]), TIMEOUT_MS);
      // A platform that refuses this for good, or no longer has the run, cannot be told.
      if (result.kind !== "failed") return undefined;
      return { reason: `the platform is not told that ${model} is given up: ${result.reason}`, isAway: true };
    } finally {
      transport.close();
    }
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
