import type { ReactNode } from "react";
import type { ParamChange } from "../../params/diff.js";
import { useWords } from "../../words/use-words.js";

/**
 * Params that differ between two texts.
 *
 * @param props - the differences, what they are of
 * @returns the table
 */
export function ParamsDiff(props: { changes: readonly ParamChange[]; caption: string }): ReactNode {
  const words = useWords().trainings;
  if (props.changes.length === 0) return <p className="faint">{words.same}</p>;
  const cell = (value: string | undefined, kind: string): ReactNode =>
    value === undefined ? <span className="faint">{words.none}</span> : <code className={kind}>{value}</code>;
  return (
    <table className="pairs params-diff">
      <caption className="visually-hidden">{props.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{words.key}</th>
          <th scope="col">{words.before}</th>
          <th scope="col">{words.after}</th>
        </tr>
      </thead>
      <tbody>
        {props.changes.map(({ path, before, after }) => (
          <tr key={path}>
            <th scope="row">{path}</th>
            <td>{cell(before, "diff-before")}</td>
            <td>{cell(after, "diff-after")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
