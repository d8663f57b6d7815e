/** Address of the list of models. */
export const MODELS = "/models";

/** Address of the list of evaluations. */
export const EVALUATIONS = "/evaluations";

/** @param list - address of a list @param name - of one of its entries @returns address of the entry's page */
export function entryAddress(list: typeof MODELS | typeof EVALUATIONS, name: string): string {
  return `${list}/${encodeURIComponent(name)}`;
}

/** What a list of models or of evaluations shows. */
export interface KeptView {
  /** Words that an entry must have. */
  search: string;
}

/** @param search - query string of the page @returns the view */
export function readKeptView(search: string): KeptView {
  return { search: new URLSearchParams(search).get("q") ?? "" };
}

/** @param view - of the page @returns its query string */
export function writeKeptView({ search }: KeptView): string {
  return search === "" ? "" : new URLSearchParams({ q: search }).toString();
}
