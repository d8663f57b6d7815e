import type { ReactNode } from "react";
import { Link } from "wouter";
import { compareAddress } from "../../view-state/compare-view.js";
import { useWords } from "../../words/use-words.js";

/**
 * What can be done with the runs that are picked.
 *
 * @param props - their ids, what takes the choice back
 * @returns the element
 */
export function PickedBar(props: { picked: readonly string[]; onClear: () => void }): ReactNode {
  const { picked, onClear } = props;
  const words = useWords().overview;
  return (
    <div className="toolbar picked-bar">
      <span role="status">{words.picked(picked.length)}</span>
      <Link href={compareAddress(picked)} className="button button-main">
        {words.compare(picked.length)}
      </Link>
      <button type="button" className="button" onClick={onClear}>
        {words.clearPicked}
      </button>
    </div>
  );
}
