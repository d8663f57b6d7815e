import { expect, test } from "vitest";
import { redirected } from "./redirect.js";

const headers = { Authorization: "Bearer t", cookie: "c", Host: "named", "X-Mine": "yes" };
const answer = (location: string, status = 302) => ({
  url: "",
  status,
  headers: { location },
  body: (async function* () {})(),
  discard: () => undefined,
});

test.each([
  ["https://a/x", "https://a/y", true],
  ["http://a/x", "https://a/y", false],
  ["http://a/x", "/y", true],
  ["https://a/x", "http://a/y", false],
  ["https://a/x", "https://b/y", false],
  ["http://a/x", "http://a:8080/y", false],
])("credentials of %s follow to %s: %s", (url, location, areKept) => {
  const next = redirected({ method: "GET", url, headers }, answer(location));
  expect(next?.headers).toEqual(areKept ? { Authorization: "Bearer t", cookie: "c", "X-Mine": "yes" } : { "X-Mine": "yes" });
});

test("a POST is redirected only where that was asked for", () => {
  const request = { method: "POST", url: "http://a/x", body: "x" };
  expect(redirected(request, answer("/y"))).toBeUndefined();
  expect(redirected({ ...request, followsAll: true }, answer("/y"))).toMatchObject({ method: "GET", url: "http://a/y" });
});
