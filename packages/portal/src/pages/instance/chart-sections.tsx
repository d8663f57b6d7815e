import { type ReactNode, useCallback, useMemo } from "react";
import type { ChartLine, ChartSection as Section } from "../../charts/group-series.js";
import type { Growth } from "../../charts/growth.js";
import type { Mark } from "../../charts/mark.js";
import { PINNED, withPinned } from "../../charts/pinned.js";
import { useZoom } from "../../charts/use-zoom.js";
import { Message } from "../../controls/message.js";
import { type ChartView, toggled } from "../../view-state/chart-view.js";
import { useRememberedList } from "../../view-state/use-remembered-list.js";
import type { ChangeView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";
import { ChartSection } from "./chart-section.js";

/**
 * Sections of charts, pinned ones first, folded as the reader left them.
 *
 * @param props - the sections, how far their series have grown, the view, for what pins and folds are remembered
 * @returns the element
 */
export function ChartSections(props: {
  sections: readonly Section[];
  growth: Growth;
  view: ChartView;
  change: ChangeView<ChartView>;
  scope: string;
  mark?: Mark | undefined;
  xLines?: readonly ChartLine[] | undefined;
}): ReactNode {
  const { growth, view, change, scope } = props;
  const words = useWords().charts;
  const zoom = useZoom(view.range, change);
  const [pins, setPins] = useRememberedList(`ava.pins.${scope}`);
  const [folds, setFolds] = useRememberedList(`ava.folds.${scope}`);
  const sections = useMemo(() => withPinned(props.sections, pins), [props.sections, pins]);
  const opened = useMemo(() => openSections(sections, view, folds), [sections, view, folds]);
  const onPin = useCallback((base: string) => setPins(toggled(pins, base)), [pins, setPins]);
  if (sections.length === 0)
    return view.metrics === "" ? <Message title={words.noMetrics} text={words.noMetricsText} /> : <Message title={words.nothingFound} />;
  const fold = (prefix: string, isOpen: boolean): void => {
    const without = (list: readonly string[]): string[] => list.filter((other) => other !== prefix);
    change(
      isOpen
        ? { opened: [...without(view.opened), prefix], folded: without(view.folded) }
        : { opened: without(view.opened), folded: [...without(view.folded), prefix] },
    );
    setFolds([...folds.filter((other) => other.slice(1) !== prefix), `${isOpen ? "+" : "-"}${prefix}`]);
  };
  return (
    <>
      {sections.map((section, i) => {
        const { prefix } = section;
        const title = prefix === "" ? words.metrics : prefix === PINNED ? words.pinned : prefix;
        const isOpen = opened[i]!;
        return (
          <ChartSection
            key={prefix}
            section={section}
            title={prefix === "" && sections.length === 1 ? undefined : title}
            isOpen={isOpen}
            onFold={() => fold(prefix, !isOpen)}
            pins={pins}
            onPin={onPin}
            growth={growth}
            zoom={zoom}
            mark={props.mark}
            xLines={props.xLines}
            view={view}
            change={change}
          />
        );
      })}
    </>
  );
}

/** Charts that a page opens with: as many as a reader scrolls past. */
const CHARTS_AT_FIRST = 24;

/** The reader's choice; else the first sections as far as their charts are not too many, and all that a search finds. */
function openSections(sections: readonly Section[], { metrics, opened, folded }: ChartView, folds: readonly string[]): boolean[] {
  let charts = 0;
  return sections.map(({ prefix, groups }, i) => {
    charts += groups.length;
    if (folded.includes(prefix)) return false;
    if (opened.includes(prefix) || metrics !== "") return true;
    if (folds.includes(`-${prefix}`)) return false;
    return folds.includes(`+${prefix}`) || i === 0 || charts <= CHARTS_AT_FIRST;
  });
}
