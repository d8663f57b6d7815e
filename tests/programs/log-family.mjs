// Writes one log as a family: the main thread, a worker thread, a fork and a cluster worker. Arguments: log file, lines of each.
import { fork } from "node:child_process";
import cluster from "node:cluster";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { MultiProcessingLogHandler } from "ava-sdk/log";

const [, , file, lines] = process.argv;
const program = new URL("log-lines.mjs", import.meta.url);
const handler = new MultiProcessingLogHandler(file);
cluster.setupPrimary({ exec: program.pathname, args: [file, "cluster", lines], silent: true });
const members = [
  once(new Worker(program, { workerData: [file, "thread", lines], stdout: true }), "exit"),
  once(fork(program.pathname, [file, "fork", lines], { silent: true }), "exit"),
  once(
    cluster.fork().on("message", () => {}),
    "exit",
  ),
];
// A cluster worker stays until its primary lets it go.
cluster.on("online", (worker) => worker.disconnect());
for (let line = 1; line <= Number(lines); line++) {
  handler.send(`main ${line} .`);
  if (line % 100 === 0) await new Promise(setImmediate);
}
await Promise.all(members);
