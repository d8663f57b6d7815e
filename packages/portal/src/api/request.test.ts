import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { request, requestBytes } from "./request.js";

let asked: number;
/** Answers of the platform, one after the other; an error is none. */
function platform(...answers: (Response | Error)[]): void {
  asked = 0;
  vi.stubGlobal("fetch", () => {
    const answer = answers[asked++]!;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
}
const stopping = (): Response => Response.json({ error: { code: "stopping", message: "It stops." } }, { status: 503 });
const away = (): Error => new TypeError("Failed to fetch");

/** An answer that breaks off in its middle. */
function brokenOff(): Response {
  return new Response(
    new ReadableStream({
      start(stream) {
        stream.enqueue(new TextEncoder().encode('{"a":'));
        stream.error(new TypeError("network error"));
      },
    }),
  );
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a question is asked again where a replica stops, a proxy has lost it, the answer breaks off or none comes", async () => {
  platform(stopping(), brokenOff(), away(), Response.json({ a: 1 }));
  const answer = request("/v1/trainings");
  await vi.runAllTimersAsync();
  expect(await answer).toEqual({ a: 1 });
  platform(new Response("", { status: 502 }), new Response(new Uint8Array([1, 2])));
  const bytes = requestBytes("/v1/series/query", "application/x-ava-chart", { method: "POST", body: {} });
  await vi.runAllTimersAsync();
  expect([...(await bytes)]).toEqual([1, 2]);
});

test("a platform that stays away, also behind a proxy, is told after the fourth try", async () => {
  platform(away(), away(), away(), new Response("<h1>Bad Gateway</h1>", { status: 502 }));
  const failure = request("/v1/trainings").catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  expect(await failure).toMatchObject({ code: "unreachable" });
  expect(asked).toBe(4);
});

test.each([
  ["what changes something", { method: "PUT", body: {} }, stopping()],
  ["what is refused", {}, Response.json({ error: { code: "not_found", message: "There is none." } }, { status: 404 })],
])("%s is asked once", async (_what, options, answer) => {
  platform(answer);
  await expect(request("/v1/views/a", options)).rejects.toMatchObject({ status: answer.status });
  expect(asked).toBe(1);
});

test("a question that was given up is not asked again", async () => {
  platform(stopping());
  const abort = new AbortController();
  const failure = request("/v1/trainings", { signal: abort.signal }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(100);
  abort.abort();
  await vi.runAllTimersAsync();
  expect(await failure).toMatchObject({ name: "AbortError" });
  expect(asked).toBe(1);
});

test.each([
  ["a page with status 200, as a proxy's login is", {}, 200],
  ["a page of an ingress without a backend", {}, 404],
  ["the refusal of a proxy", { method: "POST", body: {} }, 413],
])("%s is not told as the platform's answer", async (_what, options, status) => {
  platform(new Response("<html>Sign in</html>", { status }));
  await expect(request("/v1/trainings", options)).rejects.toMatchObject({ code: "foreign", status });
});
