import { expect, test } from "vitest";
import { HttpClient } from "../http/http-client.js";
import type { HttpRequest, TimeLimits } from "../http/http-exchange.js";
import { RETRY_POLICY } from "../retry/policy.js";
import { exchange } from "./exchange.js";

class Watched extends HttpClient {
  readonly limits: TimeLimits[] = [];
  override send(request: HttpRequest, limits: TimeLimits) {
    this.limits.push(limits);
    return super.send(request, limits);
  }
}

const build = () => ({ method: "GET", url: "http://127.0.0.1:9/" });
const policy = { ...RETRY_POLICY, firstDelayMs: 1 };
const limits = { connectMs: 1000, idleMs: 2000, totalMs: 10_000 };

test("time-outs are two fifths longer with each retry; a time for the whole request that was named is not", async () => {
  const totals: number[][] = [];
  for (const isTotalFixed of [false, true]) {
    const client = new Watched();
    const [, err] = await exchange(build, { client, limits, isTotalFixed, maxBytes: 1, maxRetry: 3, retry: 1, policy });
    expect(err?.code).toBe("CONNECT_FAILED");
    expect(client.limits.map(({ connectMs }) => connectMs)).toEqual([1400, 1800, 2200]);
    totals.push(client.limits.map(({ totalMs }) => totalMs));
    client.close();
  }
  expect(totals).toEqual([
    [14_000, 18_000, 22_000],
    [10_000, 10_000, 10_000],
  ]);
});
