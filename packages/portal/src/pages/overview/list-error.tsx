import type { ReactNode } from "react";
import { ApiError } from "../../api/request.js";
import { failureText } from "../../controls/failure-text.js";
import { Message } from "../../controls/message.js";
import { Said } from "../../controls/said.js";
import { useWords } from "../../words/use-words.js";

/**
 * @param props - what went wrong with a list, what tries again, what goes back to the usual columns where others were chosen
 * @returns the platform's words for a wrong question, with the place; else what is wrong and a way to try again
 */
export function ListError(props: { error: Error; onRetry: () => void; onUsualColumns?: (() => void) | undefined }): ReactNode {
  const { common, overview } = useWords();
  const { error, onRetry, onUsualColumns } = props;
  if (error instanceof ApiError && error.status === 400) {
    return (
      <div role="alert">
        <p className="form-error filter-error">
          {overview.wrongQuestion} <Said text={error.message} isOpen />
        </p>
        {error.message.startsWith("columns ") && onUsualColumns !== undefined && (
          <button type="button" className="button" onClick={onUsualColumns}>
            {overview.resetColumns}
          </button>
        )}
      </div>
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
