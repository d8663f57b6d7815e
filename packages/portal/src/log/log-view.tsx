import { memo, type ReactNode, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Loading } from "../controls/loading.js";
import { Message } from "../controls/message.js";
import { SearchField } from "../controls/search-field.js";
import type { InstanceView } from "../view-state/instance-view.js";
import type { ChangeView } from "../view-state/use-view.js";
import { formatBytes, formatCount } from "../words/format-number.js";
import { useWords } from "../words/use-words.js";
import { LOG_PART_BYTES } from "./log-reader.js";
import type { LogLine, Segment } from "./terminal.js";
import { useLog } from "./use-log.js";

/** Distance from the end within which the view follows, in CSS pixels. */
const FOLLOW_DISTANCE_PX = 24;

/**
 * The output of a run as a terminal would show it. It follows the end until the reader scrolls up.
 *
 * @param props - the instance, the log's size, the view
 * @returns the element
 */
export function LogView(props: { instance: string; sizeBytes: number; view: InstanceView; change: ChangeView<InstanceView> }): ReactNode {
  const { instance, sizeBytes, view, change } = props;
  const words = useWords();
  const { part, error } = useLog(instance, sizeBytes, view.logFrom);
  const box = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(view.logFrom === undefined);
  const shown = useMemo(() => filterLines(part?.lines ?? [], view.lines), [part, view.lines]);

  useLayoutEffect(() => {
    if (isFollowing && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [isFollowing, shown, view.isWrapped]);

  if (part === undefined) {
    return error === undefined ? <Loading /> : <Message isAlarm title={words.common.failed(error.message)} />;
  }
  if (part.sizeBytes === 0) return <Message title={words.log.empty} text={words.log.emptyText} />;
  const isEnd = view.logFrom === undefined;
  return (
    <section className="log-view">
      <div className="toolbar">
        <SearchField label={words.log.search} value={view.lines} onChange={(lines) => change({ lines })} hasHotkey />
        <label className="check">
          <input type="checkbox" checked={view.isWrapped} onChange={(event) => change({ isWrapped: event.target.checked })} />
          {words.log.wrap}
        </label>
        {isEnd ? (
          <label className="check">
            <input type="checkbox" checked={isFollowing} onChange={(event) => setFollowing(event.target.checked)} />
            {words.log.follow}
          </label>
        ) : (
          <button
            type="button"
            className="button"
            onClick={() => {
              change({ logFrom: undefined });
              setFollowing(true);
            }}
          >
            {words.log.latest}
          </button>
        )}
        {part.fromBytes > 0 && (
          <button
            type="button"
            className="button"
            onClick={() => {
              change({ logFrom: Math.max(part.fromBytes - LOG_PART_BYTES, 0) }, "push");
              setFollowing(false);
            }}
          >
            {words.log.earlier}
          </button>
        )}
        <span className="log-range">
          {words.log.range(formatBytes(part.fromBytes), formatBytes(part.toBytes), formatBytes(part.sizeBytes))}
        </span>
      </div>
      {error !== undefined && <Message isAlarm title={words.common.unreachable} />}
      {part.droppedLines > 0 && <p className="log-note">{words.log.trimmed(formatCount(part.lines.length))}</p>}
      <div
        ref={box}
        className={view.isWrapped ? "log log-wrapped" : "log"}
        role="log"
        aria-label={words.log.label}
        aria-live="off"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          setFollowing(isEnd && scrollHeight - scrollTop - clientHeight < FOLLOW_DISTANCE_PX);
        }}
      >
        {shown.length === 0 && <p className="log-note">{words.log.nothingFound}</p>}
        {shown.map((line) => (
          <Line key={line.id} segments={line.segments} />
        ))}
      </div>
    </section>
  );
}

/** Drawn again only when its segments changed: the progress bar at the end, not the lines above. */
const Line = memo(function Line({ segments }: { segments: readonly Segment[] }): ReactNode {
  return (
    <div className="log-line">
      {segments.length === 0
        ? "\u00a0"
        : segments.map(({ text, style }, i) =>
            style === "" ? (
              text
            ) : (
              // oxlint-disable-next-line react/no-array-index-key -- segments have no identity but their place
              <span key={i} className={style}>
                {text}
              </span>
            ),
          )}
    </div>
  );
});

function filterLines(lines: readonly LogLine[], search: string): readonly LogLine[] {
  if (search === "") return lines;
  const wanted = search.toLowerCase();
  return lines.filter((line) =>
    line.segments
      .map((segment) => segment.text)
      .join("")
      .toLowerCase()
      .includes(wanted),
  );
}
