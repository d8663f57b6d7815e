import { ApiError } from "./request.js";

/**
 * What the reader is told where something could not be read.
 *
 * @param error - of the call
 * @param words - in the language of the page
 * @returns that the platform cannot be reached, or its own words: never the browser's
 */
export function failureText(error: unknown, words: { unreachable: string; failed: (message: string) => string }): string {
  return isAway(error) ? words.unreachable : words.failed((error as Error).message);
}

/**
 * What the reader is told where something that was asked for could not be done.
 *
 * @param error - of the call
 * @param words - in the language of the page
 * @param failed - makes the text where the platform has answered; that of `words` when absent
 * @returns that the platform cannot be reached and what to do then, or its own words
 */
export function actionFailureText(
  error: unknown,
  words: { tryAgain: string; failed: (message: string) => string },
  failed: (message: string) => string = words.failed,
): string {
  return isAway(error) ? words.tryAgain : failed((error as Error).message);
}

function isAway(error: unknown): boolean {
  return error instanceof ApiError && error.code === "unreachable";
}
