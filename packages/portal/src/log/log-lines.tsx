import { memo, type ReactNode } from "react";
import type { NumberedLine } from "./log-window.js";
import type { Segment } from "./terminal.js";

/**
 * Lines of a log with their numbers.
 *
 * @param props - the lines, first byte of the one that the reader chose
 * @returns the elements
 */
export function LogLines({ lines, at }: { lines: readonly NumberedLine[]; at: number | undefined }): ReactNode {
  const chosen = at === undefined ? undefined : lines.findLast(({ offset }) => offset <= at);
  return lines.map((line) => (
    <Line key={`${line.offset}.${line.id}`} segments={line.segments} offset={line.offset} number={line.number} isChosen={line === chosen} />
  ));
}

/** Drawn again only when its segments changed: the progress bar at the end, not the lines above. */
const Line = memo(function Line(props: {
  segments: readonly Segment[];
  offset: number;
  number: number | undefined;
  isChosen: boolean;
}): ReactNode {
  const { segments, offset, number, isChosen } = props;
  return (
    <div className="log-line" data-offset={offset} data-number={number ?? ""} aria-current={isChosen ? "true" : undefined}>
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
