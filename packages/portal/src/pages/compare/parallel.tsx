import { type PointerEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { emphasis } from "../../charts/emphasis.js";
import { useWidth } from "../../charts/use-width.js";
import { useWords } from "../../words/use-words.js";
import { fieldTitle } from "../overview/field-text.js";
import { quotedValue } from "../overview/suggest.js";
import { axisScale, axisTicks, placeOf, shortText, valueAt } from "./axis-scale.js";
import { type ComparedFacts, fieldOf } from "./compared-run.js";

/** Sizes in CSS pixels. */
const HEIGHT_PX = 320;
const TOP_PX = 34;
const BOTTOM_PX = 30;
const SIDE_PX = 70;
const SHORTEST_AXIS_PX = 130;
const LINE_PX = 13;
const SHORTEST_DRAG_PX = 5;
/** Lines through one value are spread by so much in all. */
const SPREAD_PX = 10;

/**
 * Parallel coordinates: an axis for each field, a line for each run. A drag along an axis of numbers, or a click on a value, is a term of the filter.
 *
 * @param props - runs, fields of the axes, colour of each run, what a term does
 * @returns the element
 */
export function Parallel(props: {
  runs: readonly ComparedFacts[];
  fields: readonly string[];
  colorOf: (run: ComparedFacts) => string;
  onTerms: (terms: string[]) => void;
}): ReactNode {
  const { runs, fields, colorOf, onTerms } = props;
  const words = useWords().runs;
  const box = useRef<HTMLDivElement>(null);
  const width = Math.max(useWidth(box), SIDE_PX * 2 + SHORTEST_AXIS_PX * (fields.length - 1));
  const [drag, setDrag] = useState<{ axis: number; from: number; to: number }>();
  const scales = useMemo(() => fields.map((field) => axisScale(runs.flatMap((run) => fieldOf(run, field) ?? []))), [runs, fields]);
  const left = (axis: number): number => (fields.length < 2 ? width / 2 : SIDE_PX + (axis * (width - 2 * SIDE_PX)) / (fields.length - 1));
  const top = (place: number): number => TOP_PX + (1 - place) * (HEIGHT_PX - TOP_PX - BOTTOM_PX);
  const placeAt = (y: number): number => Math.min(Math.max(1 - (y - TOP_PX) / (HEIGHT_PX - TOP_PX - BOTTOM_PX), 0), 1);
  const pathOf = (run: ComparedFacts, index: number): string => {
    const spread = runs.length < 2 ? 0 : (index / (runs.length - 1) - 0.5) * SPREAD_PX;
    let isOpen = false;
    const parts = fields.map((field, axis) => {
      const text = fieldOf(run, field);
      const place = text === undefined ? undefined : placeOf(scales[axis]!, text);
      if (place === undefined) {
        isOpen = false;
        return "";
      }
      const isValue = scales[axis]!.kind === "text" || axis < fields.length - 1;
      const part = `${isOpen ? "L" : "M"}${left(axis).toFixed(1)} ${(top(place) + (isValue ? spread : 0)).toFixed(1)}`;
      isOpen = true;
      return part;
    });
    return parts.join("");
  };
  const onUp = (event: PointerEvent<SVGRectElement>): void => {
    if (drag === undefined) return;
    setDrag(undefined);
    const scale = scales[drag.axis]!;
    if (scale.kind !== "number" || Math.abs(drag.to - drag.from) < SHORTEST_DRAG_PX) return;
    event.currentTarget.releasePointerCapture(event.pointerId);
    const [low, high] = [placeAt(Math.max(drag.from, drag.to)), placeAt(Math.min(drag.from, drag.to))];
    const name = fields[drag.axis]!;
    onTerms([`${name}>=${shortNumber(valueAt(scale, low))}`, `${name}<=${shortNumber(valueAt(scale, high))}`]);
  };
  return (
    <div ref={box} className="parallel-box">
      <svg className="parallel" width={width} height={HEIGHT_PX} role="group" aria-label={words.parallel}>
        <g aria-hidden="true">
          {runs.map((run, i) => (
            <path
              key={run.id}
              data-run={run.id}
              d={pathOf(run, i)}
              style={{ stroke: colorOf(run) }}
              onMouseEnter={() => emphasis.set(run.id)}
              onMouseLeave={() => emphasis.set(undefined)}
            >
              <title>{run.name}</title>
            </path>
          ))}
        </g>
        {fields.map((field, axis) => {
          const scale = scales[axis]!;
          const title = fieldTitle(field);
          return (
            <g key={field} data-axis={field} transform={`translate(${left(axis)} 0)`}>
              <line y1={TOP_PX} y2={HEIGHT_PX - BOTTOM_PX} />
              <text className="axis-title" y={14}>
                {title.length > 18 ? `${title.slice(0, 17)}…` : title}
                <title>{title}</title>
              </text>
              {scale.kind === "number" && (
                <rect
                  className="axis-hit"
                  x={-16}
                  y={TOP_PX - 8}
                  width={32}
                  height={HEIGHT_PX - TOP_PX - BOTTOM_PX + 16}
                  onPointerDown={(event) => {
                    event.currentTarget.setPointerCapture(event.pointerId);
                    const y = event.nativeEvent.offsetY;
                    setDrag({ axis, from: y, to: y });
                  }}
                  onPointerMove={(event) => {
                    const y = event.nativeEvent.offsetY;
                    setDrag((old) => old && { ...old, to: y });
                  }}
                  onPointerUp={onUp}
                />
              )}
              {drag?.axis === axis && (
                <rect className="axis-drag" x={-8} y={Math.min(drag.from, drag.to)} width={16} height={Math.abs(drag.to - drag.from)} />
              )}
              {scale.kind === "number"
                ? axisTicks(scale, top(0) - top(1), () => LINE_PX).map(({ text, place }) => (
                    <text key={place} className="axis-tick" x={8} y={top(place) + 4}>
                      {text}
                    </text>
                  ))
                : scale.values.map((value) => (
                    <AxisValue
                      key={value}
                      value={value}
                      y={top(placeOf(scale, value) ?? 0) + 4}
                      onClick={() => onTerms([`${field}=${quotedValue(value)}`])}
                    />
                  ))}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

function AxisValue(props: { value: string; y: number; onClick: () => void }): ReactNode {
  const { value, y, onClick } = props;
  const words = useWords().overview;
  return (
    <text
      className="axis-tick axis-value"
      x={8}
      y={y}
      role="button"
      tabIndex={0}
      aria-label={words.onlyWith(value)}
      onClick={onClick}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") onClick();
      }}
    >
      {shortText(value)}
      <title>{value}</title>
    </text>
  );
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
