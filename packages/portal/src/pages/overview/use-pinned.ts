import type { InstanceRow } from "ava-protocol";
import { loadRows } from "../../api/instances.js";
import { useResource } from "../../api/use-resource.js";

/**
 * @param ids - of the pinned runs
 * @param columns - of the table, with commas between
 * @returns their rows in this order, as far as they are there, and a way to ask again
 */
export function usePinned(ids: readonly string[], columns: string): { rows: readonly InstanceRow[]; reload: () => void } {
  const { value = [], reload } = useResource(JSON.stringify([ids, columns]), async (signal) => {
    if (ids.length === 0) return [];
    const query = { training: undefined, filter: `id=${ids.join(",")}`, sort: "id", columns, limit: ids.length, cursor: undefined };
    const { instances } = await loadRows(query, signal);
    return instances.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  });
  return { rows: value, reload };
}
