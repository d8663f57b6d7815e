import { type ReactNode, useState } from "react";
import { Icon } from "../../controls/icon.js";
import { SearchField } from "../../controls/search-field.js";
import { useWords } from "../../words/use-words.js";
import { FIGURES, metricField, paramField } from "./field-text.js";
import type { KnownFields } from "./search-terms.js";

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
  const [search, setSearch] = useState("");
  const isWanted = (name: string): boolean => name.toLowerCase().includes(search.toLowerCase());
  const toggle = (field: string): void =>
    onColumns(columns.includes(field) ? columns.filter((other) => other !== field) : [...columns, field]);
  const box = (field: string, label: string, name?: string): ReactNode => (
    <label key={field} className="check">
      <input type="checkbox" checked={columns.includes(field)} aria-label={name} onChange={() => toggle(field)} />
      {label}
    </label>
  );
  return (
    <details className="menu">
      <summary className="button">
        {words.chooseColumns} <span className="count">{columns.length}</span>
        <Icon name="down" />
      </summary>
      <div className="menu-body">
        <SearchField label={words.searchColumns} value={search} onChange={setSearch} />
        <button type="button" className="link-button" onClick={() => onColumns(undefined)}>
          {words.usualColumns}
        </button>
        <fieldset>
          <legend>{words.metrics}</legend>
          {known.metrics.filter(isWanted).map((name) => (
            <div key={name} className="menu-metric">
              <span title={name}>{name}</span>
              {FIGURES.map((figure) => box(metricField(figure, name), words.figures[figure], `${name} ${words.figures[figure]}`))}
            </div>
          ))}
        </fieldset>
        <fieldset>
          <legend>{words.params}</legend>
          {[...known.params.keys()].filter(isWanted).map((path) => box(paramField(path), path))}
        </fieldset>
      </div>
    </details>
  );
}
