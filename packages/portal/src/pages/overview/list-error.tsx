import type { ReactNode } from "react";
import { failureText } from "../../api/failure-text.js";
import { ApiError } from "../../api/request.js";
import { Message } from "../../controls/message.js";
import { useWords } from "../../words/use-words.js";

/**
 * @param props - what went wrong with a list, what tries again
 * @returns the platform's words for a wrong question, with the place; else what is wrong and a way to try again
 */
export function ListError(props: { error: Error; onRetry: () => void }): ReactNode {
  const { common } = useWords();
  const { error, onRetry } = props;
  if (error instanceof ApiError && error.status === 400) {
    return (
      <p className="form-error filter-error" role="alert">
        {error.message}
      </p>
    );
  }
  return (
    <Message isAlarm title={failureText(error, common)}>
      <button type="button" className="button" onClick={onRetry}>
        {common.retry}
      </button>
    </Message>
  );
}
