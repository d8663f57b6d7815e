import type { ReactNode } from "react";

/**
 * Facts by their names.
 *
 * @param props - names and values; a fact without a value is left out
 * @returns the table
 */
export function Pairs(props: { pairs: readonly (readonly [name: string, value: string | undefined])[] }): ReactNode {
  return (
    <table className="pairs">
      <tbody>
        {props.pairs.map(([name, value]) =>
          value === undefined ? null : (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <code>{value}</code>
              </td>
            </tr>
          ),
        )}
      </tbody>
    </table>
  );
}
