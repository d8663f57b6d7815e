import type { ReactNode } from "react";
import { LongSelect } from "../../controls/long-select.js";
import { useWords } from "../../words/use-words.js";
import { fieldParts, fieldTitle, metricField } from "../overview/field-text.js";

/**
 * A choice among params and figures of series.
 *
 * @param props - words, the field, fields of params, names of series, what a choice does
 * @returns the element
 */
export function FieldSelect(props: {
  label: string;
  value: string;
  params: readonly string[];
  metrics: readonly string[];
  onChange: (field: string) => void;
}): ReactNode {
  const { label, value, params, metrics, onChange } = props;
  const { overview } = useWords();
  const option = (field: string): ReactNode => {
    const parts = fieldParts(field);
    return (
      <option key={field} value={field}>
        {fieldTitle(field)}
        {parts.kind === "metric" && ` (${overview.figures[parts.figure]})`}
      </option>
    );
  };
  const options = (): ReactNode => {
    const figures = metrics.flatMap((name) => (["last", "min", "max"] as const).map((figure) => metricField(figure, name)));
    return (
      <>
        {![...params, ...figures].includes(value) && option(value)}
        {params.length > 0 && <optgroup label={overview.params}>{params.map(option)}</optgroup>}
        <optgroup label={overview.metrics}>{figures.map(option)}</optgroup>
      </>
    );
  };
  return (
    <label className="select">
      <span>{label}</span>
      <LongSelect
        value={value}
        onChange={(event) => onChange(event.target.value)}
        count={params.length + 3 * metrics.length}
        chosen={() => option(value)}
        options={options}
      />
    </label>
  );
}
