import type { ReactNode } from "react";
import type { ParamChange } from "../../params/diff.js";
import { useWords } from "../../words/use-words.js";

/**
 * Params that differ between two texts.
 *
 * @param props - the differences, what they are of, and names of the two sides where they are not earlier and later
 * @returns the table
 */
export function ParamsDiff(props: {
  changes: readonly ParamChange[];
  caption: string;
  heads?: readonly [before: string, after: string];
}): ReactNode {
  const words = useWords().trainings;
  const [before, after] = props.heads ?? [words.before, words.after];
  if (props.changes.length === 0) return <p className="faint">{words.same}</p>;
  const cell = (value: string | undefined, kind: string): ReactNode =>
    value === undefined ? <span className="faint">{words.none}</span> : <code className={kind}>{value}</code>;
  return (
    <table className="pairs params-diff">
      <caption className="visually-hidden">{props.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{words.key}</th>
          <th scope="col">{before}</th>
          <th scope="col">{after}</th>
        </tr>
      </thead>
      <tbody>
        {props.changes.map(({ path, ...change }) => (
          <tr key={path}>
            <th scope="row">{path}</th>
            <td>{cell(change.before, "diff-before")}</td>
            <td>{cell(change.after, "diff-after")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
