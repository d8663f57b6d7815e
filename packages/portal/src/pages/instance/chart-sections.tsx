import { type ReactNode, useMemo } from "react";
import type { ChartSection as Section } from "../../charts/group-series.js";
import type { Growth } from "../../charts/growth.js";
import { useZoom } from "../../charts/use-zoom.js";
import { Message } from "../../controls/message.js";
import type { InstanceView } from "../../view-state/instance-view.js";
import type { ChangeView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";
import { ChartSection } from "./chart-section.js";

/**
 * Sections of charts, folded as the reader left them.
 *
 * @param props - the sections, how far their series have grown, the view
 * @returns the element
 */
export function ChartSections(props: {
  sections: readonly Section[];
  growth: Growth;
  view: InstanceView;
  change: ChangeView<InstanceView>;
}): ReactNode {
  const { sections, growth, view, change } = props;
  const words = useWords().charts;
  const zoom = useZoom(view.range, change);
  const opened = useMemo(() => openSections(sections, view), [sections, view]);
  if (sections.length === 0) return <Message title={words.nothingFound} />;
  return (
    <>
      {sections.map((section, i) => {
        const { prefix } = section;
        const title = prefix === "" ? words.metrics : prefix;
        const isOpen = opened[i]!;
        return (
          <ChartSection
            key={prefix}
            section={section}
            title={prefix === "" && sections.length === 1 ? undefined : title}
            isOpen={isOpen}
            onFold={() => change(isOpen ? folding(view, prefix) : opening(view, prefix))}
            growth={growth}
            zoom={zoom}
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
function openSections(sections: readonly Section[], { metrics, opened, folded }: InstanceView): boolean[] {
  let charts = 0;
  return sections.map(({ prefix, groups }, i) => {
    charts += groups.length;
    if (folded.includes(prefix)) return false;
    return opened.includes(prefix) || metrics !== "" || i === 0 || charts <= CHARTS_AT_FIRST;
  });
}

function opening({ opened, folded }: InstanceView, prefix: string): Partial<InstanceView> {
  return { opened: [...opened, prefix], folded: folded.filter((other) => other !== prefix) };
}

function folding({ opened, folded }: InstanceView, prefix: string): Partial<InstanceView> {
  return { opened: opened.filter((other) => other !== prefix), folded: [...folded, prefix] };
}
