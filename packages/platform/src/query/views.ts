import { LIMITS, type SavedView, type ViewSpec } from "ava-protocol";
import { noView, PlatformError } from "../error.js";
import type { SavedView as StoredView } from "../store/contract/saved-view.js";
import type { Store } from "../store/contract/store.js";
import { parseColumns, parseSort } from "./filter/column.js";
import { parseFilter } from "./filter/filter.js";
import { parseGroup } from "./filter/group.js";

/** @returns all views by name */
export async function listViews(store: Store): Promise<SavedView[]> {
  const views = (await store.views()).map(described);
  return views.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * @returns the view of a name
 * @throws PlatformError `not_found`
 */
export async function viewOf(store: Store, name: string): Promise<SavedView> {
  const found = (await store.views()).find((view) => view.name === name);
  if (found === undefined) throw noView(name);
  return described(found);
}

/**
 * Keeps a view; one of the same name is replaced.
 *
 * @returns the view
 * @throws PlatformError `bad_request` for a filter, sort, column or group that cannot be read; `limit_exceeded` where there are too many views
 */
export async function keepView(
  store: Store,
  name: string,
  { training, filter, sort, columns, group, pinned }: ViewSpec,
): Promise<SavedView> {
  parseFilter(filter ?? "");
  if (sort !== undefined) parseSort(sort);
  parseColumns(columns ?? "");
  if (group !== undefined) parseGroup(group);
  const known = await store.views();
  if (known.length >= LIMITS.views && !known.some((view) => view.name === name)) {
    throw new PlatformError("limit_exceeded", `There are views = ${LIMITS.views} views already. Delete one that is not needed.`);
  }
  const spec = { training, filter, sort, columns, group, pinned };
  await store.putView(name, Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)));
  return viewOf(store, name);
}

function described({ name, changedMs, view }: StoredView): SavedView {
  return { name, ...view, changedTime: new Date(changedMs).toISOString() };
}
