import type { KeyboardEvent, ReactNode } from "react";
import { Link } from "wouter";
import { emphasis } from "../../charts/emphasis.js";
import { metricUnit } from "../../charts/metric-name.js";
import { IconButton } from "../../controls/icon-button.js";
import { StateBadge } from "../../controls/state-badge.js";
import { formatQuantity } from "../../words/format-number.js";
import { useWords } from "../../words/use-words.js";
import { fieldTitle } from "../overview/field-text.js";
import { type ComparedFacts, figureOf } from "./compared-run.js";
import { Swatch } from "./swatch.js";

/** What can be done with a run of a comparison. */
export interface LegendActions {
  onToggle: (id: string) => void;
  /** @param id - of the new base; nothing: there is none */
  onBase: (id: string | undefined) => void;
  onRemove: (id: string) => void;
}

/** What a row is told. */
export interface LegendRowProps extends LegendActions {
  run: ComparedFacts;
  /** Place in the palette; absent where its group has the colour. */
  slot: number | undefined;
  /** What the charts set off while the reader points here. */
  owner: string;
  /** Params that differ. */
  paths: readonly string[];
  target: string;
  best: string;
  baseRun: ComparedFacts | undefined;
  isHidden: boolean;
  isBase: boolean;
}

/**
 * @param props - see {@link LegendRowProps}
 * @returns the row of a run
 */
export function LegendRow(props: LegendRowProps): ReactNode {
  const { run, slot, owner, paths, target, best, baseRun, isHidden, isBase, onToggle, onBase, onRemove } = props;
  const words = useWords().runs;
  const { id, name, state, params } = run;
  const unit = metricUnit(fieldTitle(target));
  const text = (value: number | undefined): string => (value === undefined ? "–" : formatQuantity(value, unit));
  const [bestValue, baseValue] = [figureOf(run, best), baseRun && figureOf(baseRun, best)];
  const difference = bestValue === undefined || baseValue === undefined ? undefined : bestValue - baseValue;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "x") onToggle(id);
    else if (event.key === "b") onBase(isBase ? undefined : id);
    else if (event.key === "Delete") onRemove(id);
    else return;
    event.preventDefault();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys and the pointer find what is in the row: buttons and a link
    <tr
      data-run={id}
      className={isHidden ? "run-hidden" : undefined}
      onMouseEnter={() => emphasis.set(owner)}
      onMouseLeave={() => emphasis.set(undefined)}
      onFocus={() => emphasis.set(owner)}
      onBlur={() => emphasis.set(undefined)}
      onKeyDown={onKeyDown}
    >
      <th scope="row">
        <button
          type="button"
          className="swatch-button"
          aria-pressed={!isHidden}
          aria-label={words.toggle(name)}
          title={words.toggle(name)}
          onClick={() => onToggle(id)}
        >
          {slot === undefined ? <span className="swatch-inner" /> : <Swatch slot={slot} />}
        </button>
        <Link href={`/instances/${encodeURIComponent(id)}`}>{name}</Link>
        {isBase && <span className="base-mark">{words.base}</span>}
      </th>
      <td>
        <StateBadge state={state} />
      </td>
      {paths.map((path) => {
        const value = params.get(path);
        const isOther = baseRun !== undefined && !isBase && baseRun.params.get(path) !== value;
        return (
          <td key={path} data-param={path} className={isOther ? "differs" : undefined}>
            {value ?? "–"}
          </td>
        );
      })}
      <td className="figure" data-figure="last">
        {text(figureOf(run, target.replace(/^\w+:/, "last:")))}
      </td>
      <td className="figure" data-figure="best">
        {text(bestValue)}
      </td>
      {baseRun !== undefined && (
        <td className="figure" data-figure="delta">
          {isBase || difference === undefined ? "–" : (difference > 0 ? "+" : "") + text(difference)}
        </td>
      )}
      <td className="row-actions">
        <button
          type="button"
          className="button-small"
          aria-pressed={isBase}
          title={words.makeBase(name)}
          onClick={() => onBase(isBase ? undefined : id)}
        >
          {words.base}
        </button>
        <IconButton icon="close" label={words.remove(name)} onClick={() => onRemove(id)} />
      </td>
    </tr>
  );
}
