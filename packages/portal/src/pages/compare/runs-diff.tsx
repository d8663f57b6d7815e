import type { InstanceDetail } from "ava-protocol";
import { type ReactNode, useMemo } from "react";
import { Link } from "wouter";
import { IconButton } from "../../controls/icon-button.js";
import { StateBadge } from "../../controls/state-badge.js";
import { flattenParams, tellingParams } from "../../params/flatten.js";
import { useWords } from "../../words/use-words.js";

/** Colours before the lines are dashed; see `--line-1` to `--line-8`. */
const PALETTE_SIZE = 8;

/**
 * The runs in the colours of their lines, with the params in which they differ.
 *
 * @param props - the runs, what takes one out of the comparison
 * @returns the element
 */
export function RunsDiff(props: { runs: readonly InstanceDetail[]; onRemove: (id: string) => void }): ReactNode {
  const { runs, onRemove } = props;
  const words = useWords();
  const params = useMemo(() => runs.map(({ paramsText }) => flattenParams(paramsText)), [runs]);
  const paths = runs.length < 2 ? [] : tellingParams(params);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard
    <div className="card diff-card" tabIndex={0} role="region" aria-label={words.compare.differences}>
      <table className="runs-diff">
        <thead>
          <tr>
            <th scope="col">{words.overview.columns.id}</th>
            <th scope="col">{words.overview.columns.state}</th>
            {paths.map((path) => (
              <th key={path} scope="col">
                {path}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {runs.map(({ id, name = id, state }, i) => (
            <tr key={id} data-run={id}>
              <th scope="row">
                <span
                  className={i >= PALETTE_SIZE ? "swatch swatch-dashed" : "swatch"}
                  style={{ color: `var(--line-${(i % PALETTE_SIZE) + 1})` }}
                />
                <Link href={`/instances/${encodeURIComponent(id)}`}>{name}</Link>
              </th>
              <td>
                <StateBadge state={state} />
              </td>
              {paths.map((path) => (
                <td key={path} data-param={path}>
                  {params[i]!.find((param) => param.path === path)?.value ?? "–"}
                </td>
              ))}
              <td>
                <IconButton icon="close" label={words.compare.remove(name)} onClick={() => onRemove(id)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
