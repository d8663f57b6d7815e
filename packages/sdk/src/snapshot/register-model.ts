import type { SnapshotJob } from "./job.js";

/** Why the platform did not take something. `isAway`: it takes nothing now. */
export interface Refusal {
  reason: string;
  isAway: boolean;
}

/** Registers a stored snapshot. @returns why it could not be; `undefined` when it is registered */
export type RegisterModel = (job: SnapshotJob, signal?: AbortSignal) => Promise<Refusal | undefined>;

const TIMEOUT_MS = 30_000;

/**
 * Registers models with the platform; a model that is registered twice is one.
 *
 * @param platformUrl - base URL
 * @param token - write token, where the platform asks for one
 * @returns the function
 */
export function createRegisterModel(platformUrl: string, token?: string): RegisterModel {
  return async ({ model, key, kind, params, trainingRef, metric, stored, leftOut }, signal) => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const answer = await fetch(`${platformUrl}/v1/models`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
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
      });
      const text = await answer.text();
      if (answer.ok && text.startsWith("{")) return undefined;
      const reason = `the platform does not register ${model}: HTTP ${answer.status} ${text.slice(0, 200)}`;
      return { reason, isAway: answer.status >= 500 || answer.status === 401 };
    } catch (error) {
      const reason = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? (error as Error).message;
      return { reason: `the platform cannot be reached to register ${model}: ${reason}`, isAway: true };
    }
  };
}
