// Entry of the shipper's thread: the training's own thread may be busy for hours, this one is not.
import { parentPort, workerData } from "node:worker_threads";
import { listSegments } from "../journal/segment-name.js";
import { isWriterAlive } from "./is-writer-alive.js";
import type { DrainRequest, ShipperMessage, ShipperStart } from "./messages.js";
import { ShipLoop } from "./ship-loop.js";
import { createTransport } from "./transport.js";
import { WriterShipper } from "./writer-shipper.js";

const { folder, writer, instance, platformUrl, token } = workerData as ShipperStart;
const tell = (message: ShipperMessage) => parentPort?.postMessage(message);

const own = new WriterShipper(folder, writer, instance);
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
  const drained = await loop.drain(running, deadlineMs);
  for (const shipper of [own, ...others]) shipper.close();
  transport.close();
  const refusedRecords = own.refused.reduce((sum, { records }) => sum + records, 0);
  tell({ kind: "drained", refusedRecords, ...drained });
  parentPort?.close();
});
