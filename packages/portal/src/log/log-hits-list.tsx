import { type ReactNode, useEffect, useRef } from "react";
import { useUntold } from "../controls/away.js";
import { failureText } from "../controls/failure-text.js";
import { IconButton } from "../controls/icon-button.js";
import { formatCount } from "../words/format-number.js";
import { formatFullMoment } from "../words/format-time.js";
import { useLanguage, useWords } from "../words/use-words.js";
import { plainText } from "./plain-text.js";
import type { LogHits } from "./use-log-hits.js";

/**
 * The places of a text in the log; a click goes there.
 *
 * @param props - the hits, the text, the line that is shown now (first byte), what a click does
 * @returns the element
 */
export function LogHitsList(props: {
  found: LogHits;
  search: string;
  at: number | undefined;
  onHit: (lineOffset: number) => void;
}): ReactNode {
  const { found, search, at, onHit } = props;
  const { hits, nextOffset, isLoading, more } = found;
  const error = useUntold(found.error);
  const isSearching = isLoading || found.error !== undefined;
  const words = useWords();
  const language = useLanguage();
  const list = useRef<HTMLOListElement>(null);
  const current = hits.findIndex(({ lineOffset }) => lineOffset === at);
  useEffect(() => {
    if (current >= 0) list.current?.children[current]?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const go = (step: number): void => {
    const next = hits[current < 0 && step < 0 ? hits.length - 1 : (current + step + hits.length) % hits.length];
    if (next !== undefined) onHit(next.lineOffset);
  };
  return (
    <section className="log-hits card" aria-label={words.log.hitsOf(search)}>
      <div className="log-hits-head">
        <span role="status">
          {error !== undefined
            ? failureText(error, words.common)
            : isSearching && hits.length === 0
              ? words.log.searching
              : words.log.hits(formatCount(hits.length), hits.length === 1, nextOffset !== undefined)}
        </span>
        {hits.length > 0 && (
          <>
            <IconButton icon="up" label={words.log.previousHit} onClick={() => go(-1)} />
            <IconButton icon="down" label={words.log.nextHit} onClick={() => go(1)} />
          </>
        )}
      </div>
      <ol ref={list}>
        {hits.map(({ offset, lineOffset, line, timeNs }) => (
          <li key={offset}>
            <button type="button" aria-current={lineOffset === at} onClick={() => onHit(lineOffset)}>
              {timeNs !== undefined && <time>{formatFullMoment(Number(BigInt(timeNs) / 1_000_000n), language)}</time>}
              <code>
                <Marked text={plainText(line)} search={search} />
              </code>
            </button>
          </li>
        ))}
        {nextOffset !== undefined && (
          <li>
            <button type="button" className="link-button" disabled={isLoading} onClick={more}>
              {words.log.moreHits}
            </button>
          </li>
        )}
      </ol>
    </section>
  );
}

function Marked({ text, search }: { text: string; search: string }): ReactNode {
  const at = text.indexOf(search);
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{search}</mark>
      {text.slice(at + search.length)}
    </>
  );
}
