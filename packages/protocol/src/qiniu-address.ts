/**
 * Writes a key into a `qiniu://` address. There the key stands as it is, and a `?` begins the query; so `?` and `#` are escaped, and a `%` where it would
 * be taken for one of these escapes.
 *
 * @param key - key of an object
 * @returns the end of an address
 */
export function escapeAddressKey(key: string): string {
  return key
    .replace(/%(?=3F|23|25)/gi, "%25")
    .replaceAll("?", "%3F")
    .replaceAll("#", "%23");
}

/**
 * Reads what {@link escapeAddressKey} wrote; every other key is as it was.
 *
 * @param text - of an address, behind the bucket and without the query
 * @returns the key
 */
export function unescapeAddressKey(text: string): string {
  return text.replace(/%(3F|23|25)/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
