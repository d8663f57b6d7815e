import { isIP } from "node:net";
import { expect, test } from "vitest";
import { addressOf } from "./address.js";

const bound = (address: string) => ({ address, port: 5660, family: address.includes(":") ? "IPv6" : "IPv4" });

test.each([
  ["127.0.0.1", "127.0.0.1", "http://127.0.0.1:5660"],
  ["127.0.0.1", "localhost", "http://localhost:5660"],
  ["::1", "::1", "http://[::1]:5660"],
  ["192.168.0.7", "192.168.0.7", "http://192.168.0.7:5660"],
])("what listens on %s as %s is reached at %s", (address, host, url) => {
  expect(addressOf(bound(address), host)).toBe(url);
});

test.each(["0.0.0.0", "::"])("what listens on all addresses (%s) is reached at one that exists", (address) => {
  const hostname = new URL(addressOf(bound(address), address)).hostname.replace(/^\[|\]$/g, "");
  expect(isIP(hostname)).toBeGreaterThan(0);
  expect(["0.0.0.0", "::"]).not.toContain(hostname);
});
