import { type ReactNode, useEffect, useEffectEvent, useState } from "react";
import { logFilePath } from "../api/logs.js";
import { SearchField } from "../controls/search-field.js";
import type { InstanceView } from "../view-state/instance-view.js";
import type { ChangeView } from "../view-state/use-view.js";
import { useWords } from "../words/use-words.js";

/** Pause in writing after which the log is searched, in milliseconds. */
const PAUSE_MS = 300;

/**
 * How a log is read: search, ways through it, its file.
 *
 * @param props - the instance, the view, whether the end is followed, what goes to a line by its number
 * @returns the element
 */
export function LogToolbar(props: {
  instance: string;
  view: InstanceView;
  change: ChangeView<InstanceView>;
  isFollowing: boolean;
  onFollow: (isFollowing: boolean) => void;
  onLine: (line: number) => void;
  hasRules: boolean;
  onRules: () => void;
}): ReactNode {
  const { instance, view, change, isFollowing, onFollow, onLine, hasRules, onRules } = props;
  const words = useWords().log;
  const [search, setSearch] = useState(view.lines);
  const [line, setLine] = useState("");
  const commit = useEffectEvent(() => search !== view.lines && change({ lines: search }));
  useEffect(() => {
    const pause = setTimeout(commit, PAUSE_MS);
    return () => clearTimeout(pause);
  }, [search]);
  return (
    <div className="toolbar">
      <SearchField label={words.search} value={search} onChange={setSearch} hasHotkey />
      <button type="button" className="button" onClick={() => change({ logFrom: 0 }, "push")}>
        {words.start}
      </button>
      <button type="button" className="button" onClick={() => onFollow(true)}>
        {words.end}
      </button>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const number = Number(line);
          if (Number.isInteger(number) && number > 0) onLine(number);
        }}
      >
        <input
          className="line-field"
          inputMode="numeric"
          aria-label={words.goToLine}
          placeholder={words.goToLine}
          value={line}
          onChange={(event) => setLine(event.target.value.replaceAll(/\D/g, ""))}
        />
      </form>
      <label className="check">
        <input type="checkbox" checked={view.isWrapped} onChange={(event) => change({ isWrapped: event.target.checked })} />
        {words.wrap}
      </label>
      <label className="check">
        <input type="checkbox" checked={isFollowing} onChange={(event) => onFollow(event.target.checked)} />
        {words.follow}
      </label>
      <button type="button" className="button" aria-expanded={hasRules} onClick={onRules}>
        {words.rules}
      </button>
      <a className="button" href={logFilePath(instance)} download>
        {words.download}
      </a>
    </div>
  );
}
