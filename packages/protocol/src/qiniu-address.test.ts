import { expect, test } from "vitest";
import { escapeAddressKey, unescapeAddressKey } from "./qiniu-address.js";

test.each([
  ["a/b.bin", "a/b.bin"],
  ["a b/中@c:d", "a b/中@c:d"],
  ["100%", "100%"],
  ["a%20b", "a%20b"],
  ["what?x=1", "what%3Fx=1"],
  ["c#", "c%23"],
  ["%3F", "%253F"],
  ["%%3f%2?%25", "%%253f%2%3F%2525"],
])("the key %s stands in an address as %s, and comes back", (key, text) => {
  expect(escapeAddressKey(key)).toBe(text);
  expect(unescapeAddressKey(text)).toBe(key);
});
