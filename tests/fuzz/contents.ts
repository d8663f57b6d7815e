interface Page {
  instances: { id: string }[];
  nextCursor?: string;
}

/**
 * Everything that a platform shows of its instances, models and evaluations, but for what the clock changes.
 *
 * @param url - of a platform without a token
 * @param evaluations - names that may have a result
 */
export async function contentsOf(url: string, evaluations: readonly string[]): Promise<unknown> {
  const get = async (path: string): Promise<string> => (await fetch(url + path)).text();
  const ids: string[] = [];
  for (let cursor = ""; ; ) {
    const page = JSON.parse(await get(`/v1/instances?sort=id&limit=1000${cursor}`)) as Page;
    ids.push(...page.instances.map(({ id }) => id));
    if (page.nextCursor === undefined) break;
    cursor = `&cursor=${page.nextCursor}`;
  }
  const instances = [];
  for (const id of ids) {
    const path = `/v1/instances/${encodeURIComponent(id)}`;
    const detail = JSON.parse(await get(path)) as Record<string, unknown>;
    instances.push({
      detail: { ...detail, heartbeatTime: "", state: detail["state"] === "lost" ? "running" : detail["state"] },
      points: await get(`${path}/export?format=jsonl`),
      log: await get(`${path}/logs?limit=1000000`),
    });
  }
  const models = withoutLinks(await get("/v1/models"));
  const results = [];
  for (const name of evaluations) results.push(await get(`/v1/evaluations/${encodeURIComponent(name)}/result`));
  return { instances, models, results };
}

/** Links carry the time at which they end. */
function withoutLinks(text: string): unknown {
  const { models } = JSON.parse(text) as { models: Record<string, unknown>[] };
  return models.map((model) => ({ ...model, download: "" }));
}
