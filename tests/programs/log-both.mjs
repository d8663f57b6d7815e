// Logs to a server of MLflow and to an event file, as a Trainer with two loggers does: node log-both.mjs FOLDER.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { encodeHparams, encodeScalar, encodeVersion } from "ava-dialects";

const { MLFLOW_TRACKING_URI: origin, MLFLOW_TRACKING_TOKEN: token } = process.env;
const ask = async (route, body) => {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${origin}/api/2.0/mlflow/${route}`, { method: "POST", headers, body: JSON.stringify(body) });
  return answer.json();
};
const { run } = await ask("runs/create", { experiment_id: "0", start_time: Date.now() });
const { run_id } = run.info;
await ask("runs/log-parameter", { run_id, key: "lr", value: "0.10" });
await ask("runs/log-metric", { run_id, key: "m", value: 1, timestamp: Date.now(), step: 1 });
const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
const now = Date.now() / 1000;
const events = [encodeVersion(now), encodeHparams({ opt: "sgd" }, now), encodeScalar({ tag: "m", step: 2, wallTime: now, value: 2 })];
writeFileSync(path.join(folder, "events.out.tfevents.1.host"), Buffer.concat(events));
await ask("runs/log-parameter", { run_id, key: "seed", value: "7" });
