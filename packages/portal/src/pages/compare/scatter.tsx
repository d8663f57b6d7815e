import { type ReactNode, useMemo, useRef } from "react";
import { useLocation } from "wouter";
import { emphasis } from "../../charts/emphasis.js";
import { useWidth } from "../../charts/use-width.js";
import { useWords } from "../../words/use-words.js";
import { fieldTitle } from "../overview/field-text.js";
import { axisScale, axisTicks, placeOf, shortText } from "./axis-scale.js";
import { type ComparedFacts, fieldOf } from "./compared-run.js";

/** Sizes in CSS pixels. */
const HEIGHT_PX = 320;
const LEFT_PX = 64;
const RIGHT_PX = 20;
const TOP_PX = 14;
const BOTTOM_PX = 44;
const CHARACTER_PX = 7;
const LINE_PX = 13;

/**
 * A dot for each run: one field against another. A click on a dot opens the run.
 *
 * @param props - runs, fields of both axes, colour of each run
 * @returns the element
 */
export function Scatter(props: {
  runs: readonly ComparedFacts[];
  x: string;
  y: string;
  colorOf: (run: ComparedFacts) => string;
}): ReactNode {
  const { runs, x, y, colorOf } = props;
  const words = useWords().runs;
  const [, navigate] = useLocation();
  const box = useRef<HTMLDivElement>(null);
  const width = Math.max(useWidth(box), 240);
  const scales = useMemo(() => {
    const scaleOf = (field: string): ReturnType<typeof axisScale> => axisScale(runs.flatMap((run) => fieldOf(run, field) ?? []));
    return { x: scaleOf(x), y: scaleOf(y) };
  }, [runs, x, y]);
  const left = (place: number): number => LEFT_PX + place * (width - LEFT_PX - RIGHT_PX);
  const top = (place: number): number => TOP_PX + (1 - place) * (HEIGHT_PX - TOP_PX - BOTTOM_PX);
  const dots = runs.flatMap((run) => {
    const [textX, textY] = [fieldOf(run, x), fieldOf(run, y)];
    const [placeX, placeY] = [
      textX === undefined ? undefined : placeOf(scales.x, textX),
      textY === undefined ? undefined : placeOf(scales.y, textY),
    ];
    return placeX === undefined || placeY === undefined ? [] : [{ run, cx: left(placeX), cy: top(placeY), textX, textY }];
  });
  return (
    <div ref={box}>
      <svg className="scatter" width={width} height={HEIGHT_PX} role="img" aria-label={words.scatterOf(fieldTitle(y), fieldTitle(x))}>
        <line x1={LEFT_PX} x2={width - RIGHT_PX} y1={top(0) + 8} y2={top(0) + 8} />
        <line x1={LEFT_PX - 8} x2={LEFT_PX - 8} y1={TOP_PX} y2={top(0)} />
        {ticksOf(scales.x, left(1) - left(0), (text) => (text.length + 1) * CHARACTER_PX).map(({ text, place }) => (
          <text key={place} className="axis-tick" x={left(place)} y={top(0) + 24} textAnchor="middle">
            {text}
          </text>
        ))}
        {ticksOf(scales.y, top(0) - top(1), () => LINE_PX).map(({ text, place }) => (
          <text key={place} className="axis-tick" x={LEFT_PX - 14} y={top(place) + 4} textAnchor="end">
            {text}
          </text>
        ))}
        <text className="axis-title" x={width - RIGHT_PX} y={HEIGHT_PX - 4} textAnchor="end">
          {fieldTitle(x)}
        </text>
        {dots.map(({ run, cx, cy, textX, textY }) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the table below has the same links for the keyboard
          <circle
            key={run.id}
            data-run={run.id}
            cx={cx}
            cy={cy}
            r={5}
            style={{ fill: colorOf(run) }}
            onMouseEnter={() => emphasis.set(run.id)}
            onMouseLeave={() => emphasis.set(undefined)}
            onClick={() => navigate(`/instances/${encodeURIComponent(run.id)}`)}
          >
            <title>{`${run.name}\n${fieldTitle(x)} ${textX}\n${fieldTitle(y)} ${textY}`}</title>
          </circle>
        ))}
      </svg>
      {dots.length < runs.length && <p className="faint">{words.withoutDot(runs.length - dots.length)}</p>}
    </div>
  );
}

function ticksOf(scale: ReturnType<typeof axisScale>, spanPx: number, sizePx: (text: string) => number): { text: string; place: number }[] {
  if (scale.kind === "number") return axisTicks(scale, spanPx, sizePx);
  return scale.values.map((text) => ({ text: shortText(text), place: placeOf(scale, text) ?? 0 }));
}
