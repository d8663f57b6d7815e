// Entry of the shipper's thread: the training's own thread may be busy for hours, this one is not.
import { parentPort, workerData } from "node:worker_threads";
import { listSegments } from "../journal/segment-name.js";
import { startObserver } from "../system/observer.js";
import { isWriterAlive } from "./is-writer-alive.js";
import type { DrainRequest, ShipperMessage, ShipperStart } from "./messages.js";
import { ShipLoop } from "./ship-loop.js";
import { createTransport } from "./transport.js";
import { WriterShipper } from "./writer-shipper.js";

/** Longest wait of an ending run for facts of its machine: what git takes at most. A training that fails at once is to have them. */
const FACTS_WAIT_MS = 2_000;

const { folder, writer, instance, platformUrl, token, watch } = workerData as ShipperStart;
const tell = (message: ShipperMessage) => parentPort?.postMessage(message);

const observer = startObserver(folder, instance, watch, (message) => tell({ kind: "notice", message }));
const own: [WriterShipper, ...WriterShipper[]] = [new WriterShipper(folder, writer, instance)];
if (observer) own.push(new WriterShipper(folder, observer.writer, instance));
const left = new Set(
  listSegments(folder)
    .filter((name) => name.writer !== writer && !isWriterAlive(folder, name))
    .map((name) => name.writer),
);
const others = [...left].map((other) => new WriterShipper(folder, other, instance));
const transport = createTransport(platformUrl, token);
const loop = new ShipLoop(own, others, transport, {
  onTrouble: (reason) => tell({ kind: "trouble", reason }),
  onRecovered: () => tell({ kind: "recovered" }),
  onStop: (reason) => tell({ kind: "stop", reason }),
});
const running = loop.run();

parentPort?.on("message", async ({ deadlineMs }: DrainRequest) => {
  await observer?.close(Math.min(FACTS_WAIT_MS, deadlineMs - Date.now()));
  const drained = await loop.drain(running, deadlineMs);
  for (const shipper of [...own, ...others]) shipper.close();
  transport.close();
  const refusedRecords = own.reduce((sum, { refused }) => sum + refused.length, 0);
  tell({ kind: "drained", refusedRecords, ...drained });
  parentPort?.close();
});
