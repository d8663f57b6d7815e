import { PlatformError, systemCode } from "../../../error.js";

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG", "SQLITE_FULL"]);

/** @returns whether an error means that there is no room */
export function isFull(error: unknown): boolean {
  return FULL.has(systemCode(error) ?? "");
}

/**
 * @param error - anything that was thrown
 * @param of - what the disk refused: a request, of which nothing was kept, or a checkpoint, for which the log stands in
 * @returns what is told of a failure of the disk; other errors as they are
 */
export function asRefusal(error: unknown, of: "request" | "checkpoint" = "request"): unknown {
  const systemError = systemCode(error);
  const isOfDisk = systemError !== undefined && (systemError.startsWith("SQLITE") || "syscall" in (error as Error));
  if (!isOfDisk && !isFull(error)) return error;
  const [code, why, advice] = isFull(error)
    ? (["store_full", "is full", "Make room"] as const)
    : (["store_failed", `does not write (${systemError})`, "Repair it"] as const);
  const then = of === "request" ? `nothing of this request was kept. ${advice} and send it again.` : `everything is in the log. ${advice}.`;
  return new PlatformError(code, `The platform's disk ${why}; ${then}`, { cause: error });
}

/** @returns whether an error is one of {@link asRefusal} */
export function isRefusal(error: unknown): error is PlatformError {
  return error instanceof PlatformError && (error.code === "store_full" || error.code === "store_failed");
}
