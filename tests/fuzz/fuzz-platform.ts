import { type PlatformProcess, startPlatformProcess } from "../crash/platform-process.js";
import { randomOf } from "../random.js";
import { contentsOf } from "./contents.js";
import { type OpenApi, requestMaker } from "./requests.js";
import { type RawAnswer, type RawRequest, send } from "./send.js";

/** What a run of hostile requests showed. */
export interface FuzzResult {
  /** Requests that were answered with an error of ours, or not at all though they were whole; a line for each. */
  failures: string[];
  /** Answers by status. */
  statuses: Record<number, number>;
}

/** Requests that are on their way at one time. */
const CONCURRENT = 8;

/** More than a socket takes at once. */
const LARGE_BYTES = 1_000_000;

/** 507: the disk is full, 503: too much at once; both are in the platform's pages, and neither is met here but by a real lack. */
const DOCUMENTED = new Set([503, 507]);

/**
 * Sends hostile requests to a platform.
 *
 * @param platform - it listens
 * @param options - `seed` of the requests, how many, and a header line that lets some of them in
 */
export async function fuzzPlatform(
  platform: PlatformProcess,
  options: { seed: number; requests: number; authorization?: string },
): Promise<FuzzResult> {
  const { host, port } = new URL(platform.url);
  const document = (await (await fetch(`${platform.url}/openapi.json`)).json()) as OpenApi;
  const make = requestMaker(document, host, options.authorization);
  const random = randomOf(options.seed);
  const result: FuzzResult = { failures: [], statuses: {} };
  let made = 0;
  const sendAll = async (): Promise<void> => {
    while (made < options.requests && platform.child.exitCode === null) {
      const no = made++;
      const request = make(random);
      note(result, no, request, await send(Number(port), request));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, sendAll));
  return result;
}

function note(result: FuzzResult, no: number, { bytes, isDamaged }: RawRequest, { status, text }: RawAnswer): void {
  result.statuses[status] = (result.statuses[status] ?? 0) + 1;
  // A body that is refused while it is still being sent can lose the answer.
  const isAnswered = status > 0 || isDamaged || bytes.length > LARGE_BYTES;
  if (isAnswered && (status < 500 || DOCUMENTED.has(status))) return;
  result.failures.push(`request ${no}: ${JSON.stringify(bytes.toString("latin1").slice(0, 1500))} was answered "${text.slice(0, 300)}"`);
}

/**
 * Kills a platform, starts it again, ends it in peace and starts it again.
 *
 * @param command - starts it on the same data
 * @returns what it shows before, after the kill and after the end, and what it wrote to standard error
 */
export async function restartTwice(platform: PlatformProcess, command: string[]): Promise<{ contents: unknown[]; errors: string }> {
  const contents = [await contentsOf(platform.url, ["one", "two", "mnist", "m"])];
  let errors = platform.errors();
  let current = platform;
  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    await current.end(signal);
    current = await startPlatformProcess(command);
    contents.push(await contentsOf(current.url, ["one", "two", "mnist", "m"]));
    errors += current.errors();
  }
  await current.end("SIGTERM");
  return { contents, errors };
}
