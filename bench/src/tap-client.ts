// Sends requests of MLflow's client, one after the other on one connection: tap-client.js REQUESTS METRICS. Where to, is the environment's choice, as for the client.
import { writeFileSync } from "node:fs";
import { Agent, request } from "node:http";

const [requests = 0, metrics = 0] = process.argv.slice(2).map(Number);
const { MLFLOW_TRACKING_URI: origin = "", MLFLOW_TRACKING_TOKEN: token, BENCH_RESULT: result = "" } = process.env;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function post(path: string, value: object): Promise<string> {
  const body = JSON.stringify(value);
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const asked = request(`${origin}/api/2.0/mlflow/${path}`, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => (response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode} ${text}`))));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const { run } = JSON.parse(await post("runs/create", { experiment_id: "0", start_time: Date.now() })) as {
  run: { info: { run_id: string } };
};
const times: number[] = [];
const startMs = performance.now();
for (let index = 0; index < requests; index++) {
  const points = Array.from({ length: metrics }, (_, at) => ({
    key: `m${at % 10}`,
    value: index / (at + 1),
    timestamp: Date.now(),
    step: index * metrics + at,
  }));
  const beforeMs = performance.now();
  await post("runs/log-batch", { run_id: run.info.run_id, metrics: points });
  times.push(performance.now() - beforeMs);
}
const seconds = (performance.now() - startMs) / 1000;
times.sort((a, b) => a - b);
agent.destroy();
writeFileSync(
  result,
  JSON.stringify({ medianMs: times[requests >> 1], p99Ms: times[Math.floor(requests * 0.99)], requestsPerS: requests / seconds }),
);
