// Entry of the tap's process: answers the clients of other trackers for one run, until the last descendant of its command has ended.
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Settled } from "../ship/settling.js";
import { isCarriedOn } from "./descendants.js";
import { followEvents } from "./follow-events.js";
import { openIntakes } from "./intake.js";
import { DIALECTS } from "./redirect.js";
import type { TapMessage, TapOrder } from "./tap-config.js";
import { TapFiles } from "./tap-files.js";
import { answerRequest } from "./tap-server.js";

/** How often it is looked whether a descendant lives, once the command itself has ended. */
const LOOK_MS = 500;
/** For what is left when no process waits for the tap any more. */
const LAST_SHIPPING_MS = 10_000;

/** For a last word on its way to the run. */
const LAST_WORD_MS = 100;
/** After the command, its helpers may take a moment to end. */
const [QUICK_LOOKS, QUICK_LOOK_MS] = [4, 50];

let isStarted = false;
const endings = new EventEmitter();
const ended = once(endings, "ended").then(([order]) => order as { deadlineMs: number });

function tell(message: TapMessage): void {
  if (process.connected) process.send?.(message, () => undefined);
}

process.on("message", (order: TapOrder) => {
  if (order.kind === "ended") endings.emit("ended", order);
  else {
    isStarted = true;
    run(order).then(() => process.exit(0), fail);
  }
});
// The run may be killed at any time, also before it has told us what to do.
setInterval(() => {
  if (process.connected) return;
  if (!isStarted) process.exit(1);
  endings.emit("ended", { deadlineMs: 0 });
}, LOOK_MS).unref();
// What a terminal sends to its jobs is for the command; it lives on for its last words.
for (const signal of ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const) process.on(signal, () => undefined);
process.on("uncaughtException", (error) => tell({ kind: "notice", message: `a fault of the tap: ${error.stack ?? error.message}` }));

async function run({ config, port }: Extract<TapOrder, { kind: "start" }>): Promise<void> {
  const onNotice = (message: string) => tell({ kind: "notice", message });
  const events = { onJoined: (dialect: string) => tell({ kind: "joined", dialect }), onNotice };
  const { clients, files, instances } = await openIntakes(config, events);
  const sent = new TapFiles(config, () => instances.ids);
  const dialects = DIALECTS.filter(({ name }) => config.dialects.includes(name));
  const http = createServer((request, response) => {
    answerRequest({ token: config.token, dialects, memory: clients.memory }, request, response).catch(() => response.destroy());
  });
  // A client may keep a connection for the whole training.
  http.keepAliveTimeout = 600_000;
  http.requestTimeout = 0;
  http.listen(port, "127.0.0.1");
  await once(http, "listening");
  tell({ kind: "listening", port: (http.address() as AddressInfo).port });
  const readEvents = config.eventFolders && followEvents(config, files, () => clients.outlet.hasJoined, onNotice);
  const { deadlineMs } = await ended;
  for (let look = 0; look < QUICK_LOOKS && isCarriedOn(config.token); look++) await wait(QUICK_LOOK_MS);
  // The run does not wait for what its command left behind.
  if (isCarriedOn(config.token)) {
    await readEvents?.(false);
    closed(await withFiles(instances.settle(deadlineMs), () => sent.send(deadlineMs)));
  }
  while (isCarriedOn(config.token)) await wait(LOOK_MS);
  http.close();
  http.closeAllConnections();
  await readEvents?.(true);
  for (const { outlet } of [clients, files]) outlet.tellPassedOver();
  const untilMs = Math.max(deadlineMs, process.connected ? 0 : Date.now() + LAST_SHIPPING_MS);
  closed(await withFiles(instances.close(untilMs), () => sent.close(untilMs)));
  await new Promise((resolve) => setImmediate(resolve));
}

/** The platform takes files of an instance that it knows: they follow the records. */
async function withFiles(records: Promise<Settled>, sendFiles: () => Promise<Settled>): Promise<Settled> {
  const settled = await records;
  return settled.isComplete ? sendFiles() : settled;
}

/** A tap that cannot work ends; the run starts it again. */
function fail(error: Error): void {
  tell({ kind: "notice", message: `the tap ends: ${error.stack ?? error.message}` });
  setTimeout(() => process.exit(1), LAST_WORD_MS);
}

function closed({ isComplete, reason }: Settled): void {
  tell({ kind: "closed", isComplete, ...(reason === undefined ? {} : { reason }) });
}
