/** Labels that tell series of one name apart (`{ rank: "3" }`); values are strings. */
export type Labels = Readonly<Record<string, string>>;

/** Name and labels of one metric of an instance. */
export interface SeriesId {
  name: string;
  labels: Labels;
}

/**
 * Canonical text of a series, equal for equal series whatever the order of their labels: `test/loss{"net":"0","output":"1"}`.
 *
 * @param name - metric name
 * @param labels - labels, default none
 * @returns the name alone when there are no labels and nothing in it looks like some
 */
export function seriesKey(name: string, labels: Labels = {}): string {
  const keys = Object.keys(labels);
  if (keys.length === 0 && !name.includes("{")) return name;
  keys.sort();
  return name + JSON.stringify(Object.fromEntries(keys.map((key) => [key, labels[key]])));
}
