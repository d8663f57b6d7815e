import { createContext, type ReactNode, useContext } from "react";
import { useWords } from "../words/use-words.js";
import { Message } from "./message.js";

/** Whether the frame of the page says that the platform cannot be reached. */
export const AwayContext: React.Context<boolean> = createContext(false);

/** @returns that the platform cannot be reached, once for the whole page; nothing while it can */
export function AwayMessage(): ReactNode {
  const { common } = useWords();
  return useContext(AwayContext) ? (
    <div className="away">
      <Message isAlarm title={common.unreachable} />
    </div>
  ) : null;
}

/**
 * What a part of the page has to say itself of a question that failed.
 *
 * @param error - of the question
 * @returns the error; `undefined` where the frame says already that the platform cannot be reached
 */
export function useUntold<Failure extends Error>(error: Failure | undefined): Failure | undefined {
  const isAway = useContext(AwayContext);
  return isAway && error !== undefined && "code" in error && error.code === "unreachable" ? undefined : error;
}
