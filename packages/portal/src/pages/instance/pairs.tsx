import type { ReactNode } from "react";

/**
 * Facts by their names.
 *
 * @param props - names and values; a fact without a value is left out. How a name is shown, where that is not as it is
 * @returns the table
 */
export function Pairs(props: {
  pairs: readonly (readonly [name: string, value: string | undefined])[];
  label?: (name: string) => ReactNode;
}): ReactNode {
  const { pairs, label = String } = props;
  return (
    <table className="pairs">
      <tbody>
        {pairs.map(([name, value]) =>
          value === undefined ? null : (
            <tr key={name}>
              <th scope="row">{label(name)}</th>
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
