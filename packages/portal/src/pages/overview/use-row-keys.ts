import type { InstanceRow } from "ava-protocol";
import { type KeyboardEvent, useCallback, useRef } from "react";
import type { RunActions } from "./use-run-actions.js";

/** What the rows of a table do by pointer and keyboard. */
export interface RowKeys {
  onPick: (row: InstanceRow, index: number | undefined, isPicked: boolean, isRange: boolean) => void;
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}

/**
 * The arrow keys go from row to row, with Shift they pick on the way; x picks a row, p pins it, e edits its remarks, Delete deletes what is picked (or the
 * row), Escape takes the choice back.
 *
 * @param rows - of the table, as far as they were read
 * @param picked - ids of the picked ones
 * @param actions - on the view
 * @param onEdit - edits the remarks of a run
 * @param onDelete - deletes runs
 * @returns handlers; `onPick` stays the same
 */
export function useRowKeys(
  rows: readonly InstanceRow[],
  picked: ReadonlySet<string>,
  actions: RunActions,
  onEdit: (row: InstanceRow) => void,
  onDelete: (ids: string[]) => void,
): RowKeys {
  const known = useRef(rows);
  known.current = rows;
  /** Where the last choice was. */
  const anchor = useRef<number>(undefined);
  const onPick = useCallback<RowKeys["onPick"]>(
    (row, index, isPicked, isRange) => {
      const from = anchor.current;
      if (!isRange || from === undefined || index === undefined) actions.onPick([row.id], isPicked);
      else {
        const range = known.current.slice(Math.min(from, index), Math.max(from, index) + 1);
        actions.onPick(
          range.map(({ id }) => id),
          isPicked,
        );
      }
      if (index !== undefined) anchor.current = index;
    },
    [actions],
  );
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const links = [...event.currentTarget.querySelectorAll<HTMLElement>(".row-link")];
    const at = links.indexOf(document.activeElement as HTMLElement);
    const idOf = (link: HTMLElement | undefined): string | undefined => link?.closest<HTMLElement>("[data-instance]")?.dataset["instance"];
    const id = idOf(links[at]);
    const row = rows.find((one) => one.id === id);
    if (event.key === "Escape" && picked.size > 0) actions.onPick([...picked], false);
    else if (id === undefined) return;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = links[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (next === undefined) return;
      if (event.shiftKey) actions.onPick([id, idOf(next)!], true);
      next.focus();
    } else if (event.key === "x") actions.onPick([id], !picked.has(id));
    else if (event.key === "p") actions.onPin(id);
    else if (event.key === "e" && row !== undefined) onEdit(row);
    else if (event.key === "Delete") onDelete(picked.size > 0 ? [...picked] : [id]);
    else return;
    event.preventDefault();
  };
  return { onPick, onKeyDown };
}
