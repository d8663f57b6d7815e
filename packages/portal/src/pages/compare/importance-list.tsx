import { type ReactNode, useMemo } from "react";
import { useWords } from "../../words/use-words.js";
import { fieldTitle, paramField } from "../overview/field-text.js";
import type { ComparedFacts } from "./compared-run.js";
import { importances } from "./importance.js";

/**
 * How much each param alone tells of the figure that the runs are compared by; a click puts it against the figure.
 *
 * @param props - the runs, paths of params that differ, the figure, what a choice does
 * @returns the element; nothing where too few runs have the figure
 */
export function ImportanceList(props: {
  runs: readonly ComparedFacts[];
  paths: readonly string[];
  target: string;
  onAgainst: (field: string) => void;
}): ReactNode {
  const { runs, paths, target, onAgainst } = props;
  const words = useWords().runs;
  const found = useMemo(() => importances(runs, paths, target), [runs, paths, target]);
  if (found.length === 0) return null;
  return (
    <section className="card importance" aria-label={words.importance}>
      <h2>{words.importance}</h2>
      <p className="faint">{words.importanceMethod(fieldTitle(target))}</p>
      <ul>
        {found.map(({ path, share }) => (
          <li key={path} data-importance={path}>
            <button type="button" className="link-button" onClick={() => onAgainst(paramField(path))}>
              {path}
            </button>
            <span className="importance-bar" aria-hidden="true">
              <span style={{ width: `${share * 100}%` }} />
            </span>
            <span className="importance-share">{Math.round(share * 100)} %</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
