import { type ReactNode, useState } from "react";
import { Icon } from "../../controls/icon.js";
import { LongSelect } from "../../controls/long-select.js";
import { SearchField } from "../../controls/search-field.js";
import { useClosing } from "../../controls/use-closing.js";
import { formatCount } from "../../words/format-number.js";
import { useWords } from "../../words/use-words.js";
import { bestField } from "../compare/target.js";
import { atBestField, FIGURES, fieldTitle, metricField, paramField } from "./field-text.js";
import type { KnownFields } from "./search-terms.js";

/** Metrics, and params, that are listed; the search finds the others. */
const MOST_LISTED = 200;

/**
 * Chooses the columns: each param, and each figure of each series.
 *
 * @param props - the columns that are shown, how to change them (nothing: the usual ones), what there is
 * @returns the element
 */
export function ColumnsMenu(props: {
  columns: readonly string[];
  onColumns: (columns: string[] | undefined) => void;
  known: KnownFields;
}): ReactNode {
  const { columns, onColumns, known } = props;
  const words = useWords().overview;
  const menu = useClosing();
  const [isOpen, setOpen] = useState(false);
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<string>();
  const guide = chosen ?? known.metrics.find((name) => /val/i.test(name)) ?? known.metrics[0];
  const best = guide === undefined ? undefined : bestField(metricField("last", guide));
  const isWanted = (name: string): boolean => name.toLowerCase().includes(search.toLowerCase());
  const toggle = (field: string): void =>
    onColumns(columns.includes(field) ? columns.filter((other) => other !== field) : [...columns, field]);
  const box = (field: string, label: string, name?: string): ReactNode => (
    <label key={field} className="check">
      <input type="checkbox" checked={columns.includes(field)} aria-label={name} onChange={() => toggle(field)} />
      {label}
    </label>
  );
  const listed = (names: readonly string[], line: (name: string) => ReactNode): ReactNode => {
    const found = names.filter(isWanted);
    return (
      <>
        {found.slice(0, MOST_LISTED).map(line)}
        {found.length > MOST_LISTED && <p className="faint">{words.moreFound(formatCount(found.length - MOST_LISTED))}</p>}
      </>
    );
  };
  const option = (name: string): ReactNode => <option key={name}>{name}</option>;
  return (
    <details ref={menu} className="menu" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="button">
        {words.chooseColumns} <span className="count">{columns.length}</span>
        <Icon name="down" />
      </summary>
      {isOpen && (
        <div className="menu-body">
          <SearchField label={words.searchColumns} value={search} onChange={setSearch} />
          <button type="button" className="link-button" onClick={() => onColumns(undefined)}>
            {words.usualColumns}
          </button>
          <fieldset>
            <legend>{words.metrics}</legend>
            {guide !== undefined && (
              <label className="select">
                <span>{words.atBestOf}</span>
                <LongSelect
                  value={guide}
                  onChange={(event) => setChosen(event.target.value)}
                  count={known.metrics.length}
                  chosen={() => option(guide)}
                  options={() => known.metrics.map(option)}
                />
              </label>
            )}
            {listed(known.metrics, (name) => (
              <div key={name} className="menu-metric">
                <span title={name}>{name}</span>
                {FIGURES.map((figure) => box(metricField(figure, name), words.figures[figure], `${name} ${words.figures[figure]}`))}
                {best !== undefined &&
                  (name === guide
                    ? box(atBestField("step", best), words.bestStep, `${name} ${words.bestStep}`)
                    : box(atBestField(name, best), words.atBest, `${name} ${words.atBest} (${fieldTitle(best)})`))}
              </div>
            ))}
          </fieldset>
          <fieldset>
            <legend>{words.params}</legend>
            {listed([...known.params.keys()], (path) => box(paramField(path), path))}
          </fieldset>
        </div>
      )}
    </details>
  );
}
