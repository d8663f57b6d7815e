/** Address of the list of models. */
export const MODELS = "/models";

/** Address of the list of evaluations. */
export const EVALUATIONS = "/evaluations";

/** @param list - address of a list @param name - of one of its entries @returns address of the entry's page */
export function entryAddress(list: typeof MODELS | typeof EVALUATIONS, name: string): string {
  return `${list}/${encodeURIComponent(name)}`;
}
