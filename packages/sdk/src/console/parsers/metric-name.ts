/**
 * A printed key as a metric name: trimmed, quotes and a trailing colon removed, lower case, each run of white space one `_`. Everything
 * else stays (`acc@1`, `l.r.`).
 *
 * @param key - the key as printed
 * @returns the name
 */
export function metricName(key: string): string {
  return key
    .trim()
    .replace(/:$/, "")
    .replace(/^(["'])(.*)\1$/s, "$2")
    .trim()
    .toLowerCase()
    .replace(/\s+/g, "_");
}
