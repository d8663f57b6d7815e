import type { ReactNode } from "react";
import { ApiError } from "../api/request.js";
import type { Words } from "../words/words.js";
import { Said } from "./said.js";

/**
 * What the reader is told where something could not be read.
 *
 * @param error - of the call
 * @param words - in the language of the page
 * @returns that the platform cannot be reached, that something else has answered, or what it has answered: never the browser's words
 */
export function failureText(error: unknown, words: Pick<Words["common"], "unreachable" | "foreign" | "failed" | "errors">): ReactNode {
  return isAway(error) ? words.unreachable : answered(error as Error, words, words.failed);
}

/**
 * What the reader is told where something that was asked for could not be done.
 *
 * @param error - of the call
 * @param words - in the language of the page
 * @param failed - makes the text where the platform has answered; that of `words` when absent
 * @returns that the platform cannot be reached and what to do then, or what it has answered
 */
export function actionFailureText(
  error: unknown,
  words: Pick<Words["common"], "tryAgain" | "foreign" | "failed" | "errors">,
  failed: (message: string) => string = words.failed,
): ReactNode {
  return isAway(error) ? words.tryAgain : answered(error as Error, words, failed);
}

/** The page's own sentence for the code, where its language has one, with the platform's behind it; else the platform's. */
function answered(
  error: Error,
  { errors, foreign }: Pick<Words["common"], "errors" | "foreign">,
  failed: (message: string) => string,
): ReactNode {
  const code = error instanceof ApiError && error.code !== "unreachable" ? error.code : undefined;
  if (code === "foreign") return foreign(error.message);
  const own = code === undefined ? undefined : errors[code];
  if (own === undefined) return failed(error.message);
  return (
    <>
      {failed(own)} <Said text={error.message} />
    </>
  );
}

function isAway(error: unknown): boolean {
  return error instanceof ApiError && error.code === "unreachable";
}
