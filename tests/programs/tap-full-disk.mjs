// Speaks as MLflow's client does, while the disk is full at times. Prints the status of each request.
import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const { MLFLOW_TRACKING_URI: origin, MLFLOW_TRACKING_TOKEN: token, AVA_WORKSPACE: workspace } = process.env;
const filler = join(workspace, "filler");
const POINTS = 1_000;

async function post(call, body) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${origin}/api/2.0/mlflow/${call}`, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, value: await answer.json() };
}

const { value } = await post("runs/create", { experiment_id: "0", start_time: 1 });
const run_id = value.run.info.run_id;

/** Logs a batch that does not fit into what is left of a page. */
function log(batch) {
  const metrics = Array.from({ length: POINTS }, (_, index) => ({ key: "m", value: index, timestamp: 1, step: batch * POINTS + index }));
  return post("runs/log-batch", { run_id, metrics });
}

function fill() {
  const fd = openSync(filler, "w");
  try {
    for (const bytes of [65_536, 1]) {
      try {
        for (;;) writeSync(fd, Buffer.alloc(bytes, 1));
      } catch {
        // Full to this size.
      }
    }
  } finally {
    closeSync(fd);
  }
}

function killTap() {
  for (const line of execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n")) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    if (parent === process.ppid && line.includes("tap-process.js")) process.kill(pid, "SIGKILL");
  }
}

const statuses = [(await log(0)).status];
// Room comes again while the request waits.
fill();
const waiting = log(1);
await wait(1_000);
rmSync(filler);
statuses.push((await waiting).status);
// The tap is killed while a request waits: the client has no answer, and sends it again.
fill();
const cutOff = log(2).catch(() => ({ status: "none" }));
await wait(1_000);
killTap();
statuses.push((await cutOff).status);
rmSync(filler);
for (let status = 0; status !== 200; await wait(100)) status = (await log(2).catch(() => ({ status: 0 }))).status;
// No room comes: the training goes on.
fill();
for (const batch of [3, 4, 5]) statuses.push((await log(batch)).status);
rmSync(filler);
console.log(JSON.stringify(statuses));
