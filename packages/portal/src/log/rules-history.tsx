import type { ReparseSummary } from "ava-protocol";
import type { ReactNode } from "react";
import { formatCount } from "../words/format-number.js";
import { formatFullMoment } from "../words/format-time.js";
import { useLanguage, useWords } from "../words/use-words.js";

/**
 * What rules have added to an instance before, each to be undone.
 *
 * @param props - the reparses, oldest first, whether one is under way, what undoes one
 * @returns the element; nothing where there are none
 */
export function RulesHistory(props: { reparses: readonly ReparseSummary[]; isBusy: boolean; onUndo: (n: number) => void }): ReactNode {
  const { reparses, isBusy, onUndo } = props;
  const words = useWords().log;
  const language = useLanguage();
  if (reparses.length === 0) return null;
  return (
    <ul className="rules-history">
      {reparses.toReversed().map(({ n, time, state, rules, points }) => (
        <li key={n}>
          <time dateTime={time}>{formatFullMoment(Date.parse(time), language)}</time>
          <code>{rules.join(" ")}</code>
          <span>{state === "undone" ? words.undone : words.added(formatCount(points))}</span>
          {(state === "done" || state === "unfinished") && (
            <button type="button" className="link-button" disabled={isBusy} onClick={() => onUndo(n)}>
              {words.undo}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
