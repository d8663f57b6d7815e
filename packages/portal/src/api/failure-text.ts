import { ApiError } from "./request.js";

/**
 * What the reader is told of a call that failed.
 *
 * @param error - of the call
 * @param words - in the language of the page
 * @param failed - makes the text where the platform has answered; that of `words` when absent
 * @returns that the platform cannot be reached, or its own words: never the browser's
 */
export function failureText(
  error: unknown,
  words: { unreachable: string; failed: (message: string) => string },
  failed: (message: string) => string = words.failed,
): string {
  if (error instanceof ApiError && error.code === "unreachable") return words.unreachable;
  return failed((error as Error).message);
}
