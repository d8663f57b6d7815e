import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import { restoreInstance } from "../../api/instances.js";
import type { ApiError } from "../../api/request.js";
import { actionFailureText } from "../../controls/failure-text.js";
import { Message } from "../../controls/message.js";
import { Said } from "../../controls/said.js";
import { formatFullMoment } from "../../words/format-time.js";
import { useLanguage, useWords } from "../../words/use-words.js";

/**
 * @param props - id of a deleted instance, the platform's answer, which says until when it can be restored, whether nothing else is on the page, what is done
 *   once it is restored
 * @returns that it was deleted, and what brings it back
 */
export function DeletedMessage(props: { id: string; error: ApiError; isPage: boolean; onRestored: () => void }): ReactNode {
  const { id, error, isPage, onRestored } = props;
  const { common, instance: words } = useWords();
  const language = useLanguage();
  const untilMs = error.restorableUntilMs;
  const text = untilMs === undefined ? <Said text={error.message} /> : words.restorableUntil(formatFullMoment(untilMs, language));
  const [failure, setFailure] = useState<ReactNode>();
  const restore = async (): Promise<void> => {
    try {
      await restoreInstance(id);
      onRestored();
    } catch (thrown) {
      setFailure(actionFailureText(thrown, common, words.restoreFailed));
    }
  };
  return (
    <Message isAlarm={!isPage} isPage={isPage} title={words.deleted} text={text}>
      <button type="button" className="button button-main" onClick={() => void restore()}>
        {words.restore}
      </button>
      {isPage && (
        <Link href="/" className="button">
          {common.backToOverview}
        </Link>
      )}
      {failure !== undefined && <p className="form-error">{failure}</p>}
    </Message>
  );
}
