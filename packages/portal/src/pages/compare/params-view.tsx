import { type ReactNode, useCallback, useEffect, useMemo, useRef } from "react";
import { emphasis } from "../../charts/emphasis.js";
import { Message } from "../../controls/message.js";
import { tellingParams } from "../../params/telling.js";
import { useWords } from "../../words/use-words.js";
import { fieldTitle, paramField } from "../overview/field-text.js";
import { axisScale, placeOf } from "./axis-scale.js";
import { type ComparedFacts, figureOf } from "./compared-run.js";
import { FieldSelect } from "./field-select.js";
import { ImportanceList } from "./importance-list.js";
import { Parallel } from "./parallel.js";
import { Scatter } from "./scatter.js";
import { slotColor } from "./swatch.js";

/** Params that have an axis: as many as tell most. */
const MOST_AXES = 10;
/** Axes beside which the other chart has room. */
const MOST_BESIDE = 6;

/**
 * How params and a figure of a series go together: parallel coordinates, and one field against the figure.
 *
 * @param props - the runs, whether their colours tell them apart, the figure, the field against it, fields that can be chosen, what a term does
 * @returns the element
 */
export function ParamsView(props: {
  runs: readonly ComparedFacts[];
  hasColors: boolean;
  target: string;
  against: string | undefined;
  metrics: readonly string[];
  onAgainst: (field: string) => void;
  onTerms: (terms: string[]) => void;
}): ReactNode {
  const { runs, hasColors, target, against, metrics, onAgainst, onTerms } = props;
  const words = useWords().runs;
  const box = useRef<HTMLDivElement>(null);
  const telling = useMemo(() => {
    const flat = runs.map(({ params }) => [...params].map(([path, value]) => ({ path, value })));
    return runs.length < 2 ? [] : tellingParams(flat);
  }, [runs]);
  const varying = useMemo(() => telling.slice(0, MOST_AXES).map(paramField), [telling]);
  const scale = useMemo(
    () =>
      axisScale(
        runs
          .flatMap((run) => figureOf(run, target) ?? [])
          .filter(Number.isFinite)
          .map(String),
      ),
    [runs, target],
  );
  const colorOf = useCallback(
    (run: ComparedFacts): string => {
      if (hasColors) return slotColor(run.slot);
      const place = placeOf(scale, String(figureOf(run, target)));
      return place === undefined ? "var(--line-8)" : `color-mix(in oklab, var(--line-2) ${Math.round(place * 100)}%, var(--line-1))`;
    },
    [hasColors, scale, target],
  );
  useEffect(() => {
    const show = (): void => {
      const marked = emphasis.owner();
      for (const element of box.current?.querySelectorAll("svg [data-run]") ?? []) {
        element.classList.toggle("set-off", element.getAttribute("data-run") === marked);
        element.classList.toggle("faded", marked !== undefined && element.getAttribute("data-run") !== marked);
      }
    };
    return emphasis.subscribe(show);
  }, []);
  if (scale.kind === "text") return <Message title={words.noValues(fieldTitle(target))} />;
  const fields = [...varying, target];
  const x = against ?? varying[0] ?? "startTime";
  return (
    <div ref={box} className={fields.length > MOST_BESIDE ? "params-view params-view-wide" : "params-view"}>
      <section className="card" aria-label={words.parallel}>
        <h2>{words.parallel}</h2>
        {varying.length === 0 ? <p className="faint">{words.noParams}</p> : <p className="faint">{words.parallelHint}</p>}
        <Parallel runs={runs} fields={fields} colorOf={colorOf} onTerms={onTerms} />
      </section>
      <section className="card" aria-label={words.scatter}>
        <h2>{words.scatter}</h2>
        <FieldSelect label={words.against} value={x} params={varying} metrics={metrics} onChange={onAgainst} />
        <Scatter runs={runs} x={x} y={target} colorOf={colorOf} />
      </section>
      <ImportanceList runs={runs} paths={telling} target={target} onAgainst={onAgainst} />
    </div>
  );
}
