import { PlatformError, systemCode } from "../../error.js";

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG", "SQLITE_FULL"]);

/** @returns whether an error means that there is no room */
export function isFull(error: unknown): boolean {
  return FULL.has(systemCode(error) ?? "");
}

/** @returns what a client is told of a change that the disk refused; other errors as they are */
export function asRefusal(error: unknown): unknown {
  const code = systemCode(error);
  const isOfDisk = code !== undefined && (code.startsWith("SQLITE") || "syscall" in (error as Error));
  if (!isOfDisk && !isFull(error)) return error;
  if (isFull(error)) {
    const message = "The platform's disk is full; nothing of this request was kept. Make room and send it again.";
    return new PlatformError("store_full", message, { cause: error });
  }
  const message = `The platform's disk does not write (${code}); nothing of this request was kept. Repair the disk and send it again.`;
  return new PlatformError("store_failed", message, { cause: error });
}

/** @returns whether an error is one of {@link asRefusal} */
export function isRefusal(error: unknown): error is PlatformError {
  return error instanceof PlatformError && (error.code === "store_full" || error.code === "store_failed");
}
