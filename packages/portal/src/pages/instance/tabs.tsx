import { flattenParams, type InstanceDetail } from "ava-protocol";
import type { KeyboardEvent, ReactNode } from "react";
import type { InstanceTab } from "../../view-state/instance-view.js";
import { formatBytes, formatCount } from "../../words/format-number.js";
import { useWords } from "../../words/use-words.js";

/**
 * The parts of the instance page with how much is in each; the arrow keys go from one to the next.
 *
 * @param props - the instance, the part shown, what a choice does
 * @returns the element
 */
export function Tabs(props: { instance: InstanceDetail; tab: InstanceTab; onTab: (tab: InstanceTab) => void }): ReactNode {
  const { instance, tab, onTab } = props;
  const { tabs } = useWords().instance;
  const counts: readonly [InstanceTab, string][] = [
    ["charts", formatCount(instance.series.length)],
    ["log", formatBytes(instance.logBytes)],
    ["params", formatCount(flattenParams(instance.paramsText).length)],
    ["models", formatCount(instance.models?.length ?? 0)],
    ["events", formatCount(instance.events.length)],
  ];
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const next = counts[(counts.findIndex(([name]) => name === tab) + step + counts.length) % counts.length]![0];
    onTab(next);
    document.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" onKeyDown={onKeyDown}>
      {counts.map(([name, count]) => (
        <button
          key={name}
          type="button"
          id={`tab-${name}`}
          role="tab"
          aria-selected={name === tab}
          aria-controls="tab-panel"
          tabIndex={name === tab ? 0 : -1}
          onClick={() => onTab(name)}
        >
          {tabs[name]} <span className="count">{count}</span>
        </button>
      ))}
    </div>
  );
}
