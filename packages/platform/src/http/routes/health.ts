import type { Routes } from "../context.js";
import { answers, object } from "../schema.js";

/** `GET /healthz` and `GET /metrics`: is the platform alive, and how is it. */
export const healthRoutes: Routes = (app, { store, feed, bucketClaim, startedMs, clock }) => {
  const schema = { tags: ["platform"], summary: "Liveness", response: answers(object({ status: { const: "ok" } })) };
  app.get("/healthz", { schema }, () => ({ status: "ok" }));

  const metrics = { tags: ["platform"], summary: "Figures of the platform itself, as Prometheus text", produces: ["text/plain"] };
  app.get("/metrics", { schema: metrics }, async (_request, reply) => {
    const figures = await store.figures();
    const lines = [
      ...metric("ava_instances", "gauge", "Instances known", figures.instances),
      ...metric("ava_series", "gauge", "Series known", figures.series),
      ...metric("ava_points_taken_total", "counter", "Points taken since the start", figures.pointsTaken),
      ...metric("ava_requests_taken_total", "counter", "Changes taken since the start", figures.requestsTaken),
      ...metric("ava_checkpoints_total", "counter", "Checkpoints made since the start", figures.checkpoints),
      ...metric("ava_failed_checkpoints", "gauge", "Checkpoints that failed since the last good one", figures.failedCheckpoints),
      ...metric("ava_damaged_places", "gauge", "Places of the database that were found damaged", figures.damagedPlaces),
      ...metric("ava_bucket_failures", "gauge", "Times in a row that the bucket could not be written to", bucketClaim?.failures ?? 0),
      ...metric("ava_append_log_bytes", "gauge", "Bytes of the append log that no checkpoint contains", figures.logBytes),
      ...metric("ava_live_clients", "gauge", "Open live streams", feed.size),
      ...metric("ava_uptime_seconds", "gauge", "Seconds since the start", (clock.now() - startedMs) / 1000),
      ...metric("ava_resident_memory_bytes", "gauge", "Resident memory", process.memoryUsage.rss()),
    ];
    return reply.type("text/plain; version=0.0.4; charset=utf-8").send(`${lines.join("\n")}\n`);
  });
};

function metric(name: string, type: "gauge" | "counter", help: string, value: number): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${value}`];
}
