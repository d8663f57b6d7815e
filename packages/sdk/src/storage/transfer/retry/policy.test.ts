import { describe, expect, it } from "vitest";
import { decide, parseRetryAfter, RETRY_POLICY, retryDelayMs } from "./policy.js";

describe("decide", () => {
  it.each([
    [400, "stop"],
    [401, "stop"],
    [404, "stop"],
    [406, "again"],
    [429, "again"],
    [500, "next-host"],
    [501, "stop"],
    [503, "next-host"],
    [573, "again"],
    [579, "stop"],
    [599, "next-host"],
    [612, "stop"],
    [614, "stop"],
    [640, "stop"],
    [701, "stop"],
  ] as const)("status %d: %s", (status, decision) => {
    expect(decide({ code: "HTTP_STATUS", status })).toBe(decision);
  });

  it.each([
    ["CONNECT_FAILED", "next-host"],
    ["CONNECTION_LOST", "again"],
    ["IDLE_TIMEOUT", "again"],
    ["ABORTED", "stop"],
    ["HASH_MISMATCH", "stop"],
    ["DISK_FULL", "stop"],
  ] as const)("%s: %s", (code, decision) => {
    expect(decide({ code })).toBe(decision);
  });

  it("stops when the server wants to be left alone for longer than the policy waits", () => {
    const status = { code: "HTTP_STATUS", status: 429 };
    expect(decide({ ...status, retryAfterMs: RETRY_POLICY.longestRetryAfterMs })).toBe("again");
    expect(decide({ ...status, retryAfterMs: RETRY_POLICY.longestRetryAfterMs + 1 })).toBe("stop");
  });
});

describe("retryDelayMs", () => {
  it("doubles up to the longest wait, with jitter", () => {
    const longest = [1, 2, 3, 20].map((failures) => retryDelayMs(failures, 0, RETRY_POLICY, () => 1));
    expect(longest).toEqual([500, 1000, 2000, 30_000]);
    expect(retryDelayMs(3, 0, RETRY_POLICY, () => 0)).toBe(200);
  });

  it("never comes before the time that the server named", () => {
    expect(retryDelayMs(1, 7000, RETRY_POLICY, () => 0)).toBeGreaterThanOrEqual(7000);
  });
});

describe("parseRetryAfter", () => {
  const nowMs = Date.UTC(2024, 0, 1);
  it.each([
    [undefined, undefined],
    ["", undefined],
    ["soon", undefined],
    ["0", 0],
    ["3", 3000],
    ["Mon, 01 Jan 2024 00:00:05 GMT", 5000],
    ["Sun, 31 Dec 2023 00:00:00 GMT", 0],
  ])("%j: %j ms", (header, waitMs) => {
    expect(parseRetryAfter(header, nowMs)).toBe(waitMs);
  });
});
