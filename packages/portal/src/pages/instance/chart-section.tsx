import { type ReactNode, useState } from "react";
import { Chart, type ChartProps } from "../../charts/chart.js";
import type { ChartSection as Section } from "../../charts/group-series.js";
import { Icon } from "../../controls/icon.js";
import { useWords } from "../../words/use-words.js";

/** Charts of a section before the reader asks for more: hundreds would make a page that is not read to its end. */
const FIRST_CHARTS = 24;

/**
 * The charts under one heading, which folds them.
 *
 * @param props - the section and its heading, if it has one; whether it is open, what a click on the heading does, what each chart is told
 * @returns the element
 */
export function ChartSection(
  props: { section: Section; title: string | undefined; isOpen: boolean; onFold: () => void; pins: readonly string[] } & Omit<
    ChartProps,
    "group" | "isPinned"
  >,
): ReactNode {
  const { section, title, isOpen, onFold, pins, ...told } = props;
  const words = useWords().charts;
  const [most, setMost] = useState(FIRST_CHARTS);
  const groups = isOpen || title === undefined ? section.groups.slice(0, most) : [];
  const rest = section.groups.length - groups.length;
  return (
    <section className="chart-section" data-section={section.prefix}>
      {title === undefined ? (
        <h2 className="visually-hidden">{words.metrics}</h2>
      ) : (
        <h2>
          <button type="button" className="fold" aria-expanded={isOpen} onClick={onFold}>
            <Icon name="down" />
            {title} <span className="count">{section.groups.length}</span>
          </button>
        </h2>
      )}
      {groups.length > 0 && (
        <div className="chart-grid" data-size={told.view.size}>
          {groups.map((group) => (
            <Chart key={group.base} group={group} isPinned={pins.includes(group.base)} {...told} />
          ))}
        </div>
      )}
      {groups.length > 0 && rest > 0 && (
        <button type="button" className="button button-more" onClick={() => setMost(most * 4)}>
          {words.moreCharts(Math.min(rest, most * 3))}
        </button>
      )}
    </section>
  );
}
