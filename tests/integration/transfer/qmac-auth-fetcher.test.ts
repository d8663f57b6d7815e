import { qiniuAuthorization } from "ava-sdk/kodo";
import { QMacAuthFetcher } from "ava-sdk/transfer";
import { describe, expect, test } from "vitest";
import { echo, serve } from "./listening.js";

describe("QMacAuthFetcher", () => {
  test.each([
    ["GET", undefined, undefined],
    ["POST", "application/json", '{"名":1}'],
    ["POST", undefined, "op=/stat/x&op=/stat/y"],
    ["PUT", "application/octet-stream", "bytes"],
  ])("%s with %s is signed as it arrives", async (method, contentType, data) => {
    const url = `${await serve(echo)}/v1/x?y=1`;
    using fetcher = new QMacAuthFetcher("ak", "sk");
    const headers = contentType === undefined ? undefined : { "content-type": contentType };
    const [res] = await fetcher.fetch(url, { method, data, headers });
    const seen = JSON.parse(res?.body.toString() ?? "");
    expect(seen.headers["x-qiniu-date"]).toMatch(/^\d{8}T\d{6}Z$/);
    expect(seen.headers["content-type"]).toBe(contentType ?? "application/x-www-form-urlencoded");
    const { host, authorization, ...others } = seen.headers;
    expect(host).toBe(new URL(url).host);
    expect(authorization).toBe(qiniuAuthorization({ method, url, headers: others, body: seen.body }, "ak", "sk"));
  });

  test("a URL that is none is an error value", async () => {
    using fetcher = new QMacAuthFetcher("ak", "sk");
    expect((await fetcher.fetch("nonsense"))[1]?.code).toBe("REQUEST_INVALID");
  });
});
