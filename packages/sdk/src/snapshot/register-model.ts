import { readWhole } from "../storage/transfer/fetch/read-body.js";
import { reasonOf } from "../storage/transfer/http/failures.js";
import { HttpClient } from "../storage/transfer/http/http-client.js";
import type { SnapshotJob } from "./job.js";

/** Why the platform did not take something. `isAway`: it takes nothing now. */
export interface Refusal {
  reason: string;
  isAway: boolean;
}

/** Registers a stored snapshot. @returns why it could not be; `undefined` when it is registered */
export type RegisterModel = (job: SnapshotJob, signal?: AbortSignal) => Promise<Refusal | undefined>;

const LIMITS = { connectMs: 10_000, idleMs: 30_000, totalMs: 30_000 };
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Registers models with the platform; a model that is registered twice is one.
 *
 * @param platformUrl - base URL
 * @param token - write token, where the platform asks for one
 * @returns the function
 */
export function createRegisterModel(platformUrl: string, token?: string): RegisterModel {
  const client = new HttpClient();
  const url = `${platformUrl}/v1/models`;
  return async ({ model, key, kind, params, trainingRef, metric, stored, leftOut }, signal) => {
    try {
      const request = {
        method: "POST",
        url,
        isRepeatable: true,
        headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
        signal,
        body: JSON.stringify({
          name: model,
          type: kind,
          file: stored?.url,
          key,
          hash: stored?.hash,
          bytes: stored?.bytes,
          ...(leftOut ? { leftOut } : {}),
          params,
          specVersion: "v1",
          trainingRef: { ...trainingRef, metric, modelUploadTime: stored?.time },
        }),
      };
      const { status, body } = await readWhole(await client.send(request, LIMITS), MAX_ANSWER_BYTES, url);
      const text = body.toString("utf8");
      if (status >= 200 && status < 300 && text.startsWith("{")) return undefined;
      const reason = `the platform does not register ${model}: HTTP ${status} ${text.slice(0, 200)}`;
      return { reason, isAway: status >= 500 || status === 401 };
    } catch (error) {
      return { reason: `the platform cannot be reached to register ${model}: ${reasonOf(error)}`, isAway: true };
    }
  };
}
