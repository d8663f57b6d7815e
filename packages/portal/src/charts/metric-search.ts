/** What a search among metrics means. */
export interface MetricSearch {
  /** @param key - of a series: name and labels */
  matches(key: string): boolean;
  /** Words of it that are not regular expressions: they are looked for as they are. */
  broken: readonly string[];
}

/**
 * Reads a search: words that must all occur, each a regular expression, upper and lower case alike. One that is not (yet) a regular expression is text.
 *
 * @param search - as the reader wrote it; empty for everything
 * @returns its meaning
 */
export function readMetricSearch(search: string): MetricSearch {
  const broken: string[] = [];
  const tests = search
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => {
      try {
        const pattern = new RegExp(word, "iu");
        return (key: string): boolean => pattern.test(key);
      } catch {
        broken.push(word);
        return (key: string): boolean => key.toLowerCase().includes(word.toLowerCase());
      }
    });
  return { matches: (key) => tests.every((test) => test(key)), broken };
}
