/** Milliseconds of the first answer, and the middle of those that came after it. */
export interface Waits {
  firstMs: number;
  againMs: number;
}

/** @returns how long a page waits for a chart of 1,000 buckets of a series @param url - of a replica @param window - steps from and to; absent for all */
export function askChart(url: string, instance: string, window?: readonly [from: number, to: number], name?: string): Promise<Waits> {
  return time(() => askFor(`${url}/v1/series/query`, chartOf(instance, window, name)));
}

function chartOf(instance: string, window?: readonly [from: number, to: number], name: string = "loss"): string {
  const [from, to] = window ?? [];
  return JSON.stringify({ series: [{ instance, name }], x: "step", buckets: 1000, ...(window === undefined ? {} : { from, to }) });
}

async function askFor(url: string, body: string): Promise<void> {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { series } = (await answer.json()) as { series: { x?: number[] }[] };
  if (answer.status !== 200 || !series[0]?.x?.length) throw new Error(`The chart ${body} was answered with ${answer.status}.`);
}

/** Questions of pages that are under way at once. */
const PAGES = 16;

/**
 * @param urls - of replicas; pages are shared out among them
 * @param instances - ids, asked for in turn
 * @returns charts of 1,000 buckets that all pages together get in a second, each from its own question
 */
export async function chartsPerSecond(urls: readonly string[], instances: readonly string[], seconds: number): Promise<number> {
  const started = performance.now();
  let asked = 0;
  const passed = (): number => (performance.now() - started) / 1000;
  const page = async (url: string): Promise<void> => {
    while (passed() < seconds) await askFor(`${url}/v1/series/query`, chartOf(instances[asked++ % instances.length]!));
  };
  await Promise.all(Array.from({ length: PAGES }, (_, i) => page(urls[i % urls.length]!)));
  return asked / passed();
}

/** @returns how long a page waits for the first hundred of all instances in an order @param url - of a replica @param sort - a field; by a metric where it is absent */
export function askList(url: string, sort = "-last:loss"): Promise<Waits> {
  return time(async () => {
    const answer = await fetch(`${url}/v1/instances?sort=${sort}&columns=last:loss&limit=100`);
    const { instances } = (await answer.json()) as { instances: unknown[] };
    if (answer.status !== 200 || instances.length === 0) throw new Error(`The list was answered with ${answer.status}.`);
  });
}

/**
 * @param url - of a replica, whose live stream is watched
 * @param instance - id
 * @param take - gives points of the instance to another replica
 * @returns milliseconds until the stream tells of them
 */
export async function timeToPage(url: string, instance: string, take: () => Promise<void>): Promise<number> {
  const abort = new AbortController();
  const answer = await fetch(`${url}/v1/live`, { signal: abort.signal, headers: { accept: "text/event-stream" } });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  const started = performance.now();
  await take();
  let text = "";
  while (!text.includes(instance)) {
    const { done, value } = await reader.read();
    if (done) throw new Error("The live stream ended.");
    text += value;
  }
  const passedMs = performance.now() - started;
  abort.abort();
  return passedMs;
}

async function time(ask: () => Promise<void>): Promise<Waits> {
  const waits: number[] = [];
  for (let i = 0; i < 10; i++) {
    const asked = performance.now();
    await ask();
    waits.push(performance.now() - asked);
  }
  const [firstMs = 0, ...rest] = waits;
  return { firstMs, againMs: rest.sort((a, b) => a - b)[4]! };
}
