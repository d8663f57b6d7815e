import { expect, test } from "vitest";
import { proxyOf } from "./proxy-of.js";

const proxies = { httpProxy: "http://proxy:3128", httpsProxy: "http://secure-proxy:3128" };

test("each scheme has a proxy of its own", () => {
  expect(proxyOf("http://example.com", proxies)).toBe("http://proxy:3128");
  expect(proxyOf("https://example.com", proxies)).toBe("http://secure-proxy:3128");
  expect(proxyOf("https://example.com", { httpProxy: "http://proxy:3128" })).toBeUndefined();
});

test.each(["http://localhost", "http://a.localhost:80", "https://127.0.0.1:5660", "http://127.1.2.3", "http://[::1]:5660"])(
  "%s is reached without",
  (origin) => {
    expect(proxyOf(origin, proxies)).toBeUndefined();
  },
);

test.each([
  ["*", "http://example.com", true],
  ["example.com", "http://example.com:8080", true],
  ["example.com", "http://a.example.com", true],
  ["example.com", "http://anexample.com", false],
  [".example.com", "http://a.example.com", true],
  ["*.example.com", "http://a.example.com", true],
  ["Example.COM", "http://example.com", true],
  ["other.org, example.com", "http://example.com", true],
  ["other.org example.com", "http://example.com", true],
  ["example.com:8080", "http://example.com:8080", true],
  ["example.com:8080", "http://example.com", false],
  ["example.com:443", "https://example.com", true],
  ["10.0.0.0/8", "http://10.1.2.3:5660", true],
  ["10.0.0.0/8", "http://11.1.2.3", false],
  ["10.0.0.0/8", "http://example.com", false],
  ["10.0.0.0/99", "http://10.1.2.3", false],
  ["fd00::/8", "http://[fd00::1]:5660", true],
  ["fd00::1", "http://[fd00::1]", true],
  ["[fd00::1]:80", "http://[fd00::1]", true],
  ["[fd00::1]:80", "http://[fd00::1]:81", false],
  ["", "http://example.com", false],
])("NO_PROXY=%s, %s: without a proxy %s", (noProxy, origin, isDirect) => {
  expect(proxyOf(origin, { ...proxies, noProxy }) === undefined).toBe(isDirect);
});
