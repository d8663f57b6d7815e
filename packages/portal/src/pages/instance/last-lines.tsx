import type { ReactNode } from "react";
import { Link } from "wouter";
import { loadLogs } from "../../api/logs.js";
import { useResource } from "../../api/use-resource.js";
import { plainText } from "../../log/plain-text.js";
import { useWords } from "../../words/use-words.js";

/** Lines of the log's end that are shown. */
const MOST_LINES = 12;

/** What a run printed last says most. */
const showEnd = (box: HTMLElement | null): void => {
  if (box !== null) box.scrollTop = box.scrollHeight;
};

/**
 * The last lines that a run printed: what stands beside the cause of its end.
 *
 * @param props - id of the instance
 * @returns the element; nothing where it printed nothing
 */
export function LastLines({ instance }: { instance: string }): ReactNode {
  const words = useWords().instance;
  const { value } = useResource(instance, (signal) => loadLogs(instance, { tail: MOST_LINES }, signal));
  const text = plainText(value?.text ?? "").trimEnd();
  if (text === "") return null;
  return (
    <details className="last-lines" open>
      <summary>{words.lastLines}</summary>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard */}
      <pre ref={showEnd} tabIndex={0} role="region" aria-label={words.lastLines}>
        {text}
      </pre>
      <Link href={`/instances/${encodeURIComponent(instance)}?tab=log`}>{words.wholeLog}</Link>
    </details>
  );
}
