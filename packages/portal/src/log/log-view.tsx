import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useUntold } from "../controls/away.js";
import { failureText } from "../controls/failure-text.js";
import { Loading } from "../controls/loading.js";
import { Message } from "../controls/message.js";
import { Said } from "../controls/said.js";
import type { InstanceView } from "../view-state/instance-view.js";
import type { ChangeView } from "../view-state/use-view.js";
import { formatBytes } from "../words/format-number.js";
import { useWords } from "../words/use-words.js";
import { LogHitsList } from "./log-hits-list.js";
import { LogLines } from "./log-lines.js";
import { LogToolbar } from "./log-toolbar.js";
import { RulesPanel } from "./rules-panel.js";
import { type Anchor, anchorOf, restoreAnchor } from "./scroll-anchor.js";
import { SelectedLine } from "./selected-line.js";
import { useLog } from "./use-log.js";
import { useLogHits } from "./use-log-hits.js";
import { useLogPlace } from "./use-log-place.js";

/** Distance from the end within which the view follows, in CSS pixels. */
const FOLLOW_DISTANCE_PX = 24;
/** Distance from either end of what is shown at which more is read, in CSS pixels. */
const READ_DISTANCE_PX = 600;

/** Digits of a place in the log: of one of 1 GB a screen is a few kilobytes. */
const PLACE_DIGITS = 6;

/**
 * The output of a run as a terminal would show it. It follows the end until the reader scrolls up; what is scrolled to is read, of a log of any size.
 *
 * @param props - the instance, the log's size, the view
 * @returns the element
 */
export function LogView(props: { instance: string; sizeBytes: number; view: InstanceView; change: ChangeView<InstanceView> }): ReactNode {
  const { instance, sizeBytes, view, change } = props;
  const words = useWords();
  const box = useRef<HTMLDivElement>(null);
  const anchor = useRef<Anchor>(undefined);
  const scrolledTo = useRef<number>(undefined);
  const at = view.logFrom;
  const [hasRules, setRules] = useState(false);
  const [isFollowing, setFollowing] = useState(at === undefined && view.logTime === undefined);
  const { shown, error: failure, read } = useLog(instance, sizeBytes, at, () => (anchor.current = anchorOf(box.current)));
  const error = useUntold(failure);
  const found = useLogHits(instance, view.lines);
  const place = useLogPlace(instance, view, change);
  const placeError = useUntold(place.error);
  const isThere = at !== undefined && shown !== undefined && at >= shown.fromBytes && at < shown.toBytes;

  useEffect(() => {
    if (at !== undefined) setFollowing(false);
  }, [at]);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (isFollowing) element.scrollTop = element.scrollHeight;
    else if (isThere && scrolledTo.current !== at) {
      scrolledTo.current = at;
      const line = element.querySelector<HTMLElement>("[aria-current]");
      const isInView =
        line !== null &&
        line.offsetTop >= element.scrollTop &&
        line.offsetTop < element.scrollTop + element.clientHeight - line.offsetHeight;
      if (!isInView) line?.scrollIntoView({ block: "center", inline: "nearest" });
    } else if (anchor.current !== undefined) restoreAnchor(element, anchor.current);
    anchor.current = undefined;
  }, [isFollowing, shown, at, isThere, view.isWrapped]);

  const isEmpty = shown === undefined || shown.sizeBytes === 0;
  useEffect(() => {
    const element = box.current;
    if (element === null || !isFollowing) return;
    // What opens above takes room from below: the newest lines stay in view.
    const resized = new ResizeObserver(() => (element.scrollTop = element.scrollHeight));
    resized.observe(element);
    return () => resized.disconnect();
  }, [isFollowing, isEmpty]);

  if (shown === undefined) return error === undefined ? <Loading /> : <Message isAlarm title={failureText(error, words.common)} />;
  if (shown.sizeBytes === 0) return <Message title={words.log.empty} text={words.log.emptyText} />;
  const told = (bytes: number): string => formatBytes(bytes, PLACE_DIGITS);
  const follow = (isWanted: boolean): void => {
    setFollowing(isWanted);
    if (isWanted) change({ logFrom: undefined });
  };
  return (
    <section className="log-view">
      <LogToolbar
        instance={instance}
        view={view}
        change={change}
        isFollowing={isFollowing}
        onFollow={follow}
        onLine={place.goToLine}
        hasRules={hasRules}
        onRules={() => setRules(!hasRules)}
      />
      {hasRules && <RulesPanel instance={instance} onPlace={(logFrom) => change({ logFrom })} />}
      {placeError !== undefined && <Message isAlarm title={failureText(placeError, words.common)} />}
      {error !== undefined && <Message isAlarm title={failureText(error, words.common)} />}
      {shown.damage.map((text) => (
        <Message
          key={text}
          isAlarm
          title={
            <>
              {words.instance.damage} <Said text={text} />
            </>
          }
        />
      ))}
      {view.lines !== "" && (
        <LogHitsList
          found={found}
          search={view.lines}
          at={at}
          onHit={(logFrom) => change({ logFrom }, at === undefined ? "push" : undefined)}
        />
      )}
      <div
        ref={box}
        className={view.isWrapped ? "log log-wrapped" : "log"}
        role="log"
        aria-label={words.log.label}
        aria-live="off"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard
        tabIndex={0}
        onClick={(event) => {
          const line = (event.target as Element).closest<HTMLElement>("[data-offset]");
          // Who marks text does not choose a line.
          if (line === null || getSelection()?.isCollapsed === false) return;
          scrolledTo.current = Number(line.dataset["offset"]);
          change({ logFrom: scrolledTo.current });
        }}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          const belowPx = scrollHeight - scrollTop - clientHeight;
          const isEnd = shown.toBytes >= shown.sizeBytes;
          setFollowing(at === undefined && isEnd && belowPx < FOLLOW_DISTANCE_PX);
          if (scrollTop < READ_DISTANCE_PX && shown.fromBytes > 0) read("before");
          if (belowPx < READ_DISTANCE_PX && !isEnd) read("after");
        }}
      >
        <LogLines lines={shown.lines} at={at} />
      </div>
      <div className="log-foot">
        {at !== undefined && (
          <SelectedLine
            instance={instance}
            at={at}
            onChart={(markMs) => change({ tab: "charts", markMs }, "push")}
            onClose={() => change({ logFrom: undefined })}
          />
        )}
        <span className="log-range">{words.log.range(told(shown.fromBytes), told(shown.toBytes), told(shown.sizeBytes))}</span>
      </div>
    </section>
  );
}
