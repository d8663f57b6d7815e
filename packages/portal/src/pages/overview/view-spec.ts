import type { ViewSpec } from "ava-protocol";
import { NEWEST_FIRST, type OverviewView, STATES } from "../../view-state/overview-view.js";
import { splitTerms, termText } from "./search-terms.js";

/**
 * @param view - what the reader set
 * @param filter - its filter as the platform reads it, the state with it
 * @returns what of it is kept under a name
 */
export function specOf({ training, sort, columns, group, pinned }: OverviewView, filter: string): ViewSpec {
  return {
    ...(training === undefined ? {} : { training }),
    ...(filter === "" ? {} : { filter }),
    ...(sort === NEWEST_FIRST ? {} : { sort }),
    ...(columns === undefined ? {} : { columns: columns.join(",") }),
    ...(group.length === 0 ? {} : { group: group.join(",") }),
    ...(pinned.length === 0 ? {} : { pinned: [...pinned] }),
  };
}

/**
 * @param spec - what is kept under a name
 * @returns what it sets; what is picked stays
 */
export function viewOf({ training, filter = "", sort = NEWEST_FIRST, columns, group, pinned = [] }: ViewSpec): Partial<OverviewView> {
  const terms = splitTerms(filter).map(termText);
  const state = STATES.find((one) => terms.includes(`state=${one}`));
  return {
    training,
    terms: terms.filter((term) => term !== `state=${state}`),
    state,
    sort,
    columns: columns === undefined ? undefined : splitFields(columns),
    group: splitFields(group ?? ""),
    unfolded: [],
    pinned,
  };
}

/** Names in backquotes, and labels in braces, may have commas. */
function splitFields(fields: string): string[] {
  return [...fields.matchAll(/(?:`(?:[^`]|``)*`|\{[^}]*\}|[^,`{])+/g)].map(([field]) => field.trim());
}
