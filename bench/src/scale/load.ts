import { Agent, request } from "node:http";
import { decodeBatchHead, encodeBatchHead } from "ava-protocol";
import { bodiesOf, makeBatches } from "../batches.js";

/** Bytes of a body: what a shipper sends that has some seconds to catch up. */
const BODY_BYTES = 256_000;

/** How much a load sends. */
export interface LoadSize {
  /** Prefix of the instances' ids. */
  prefix: string;
  instances: number;
  bodiesPerInstance: number;
  /** Requests that are under way at once. */
  connections: number;
  /** @defaultValue 256,000 */
  bodyBytes?: number;
}

/** What a load has sent. */
export interface Sent {
  points: number;
  seconds: number;
}

/**
 * Sends journals of many instances, each body when the one before it of the same instance is acknowledged.
 *
 * @param urls - of replicas; instances are shared out among them
 * @throws Error when a body is refused
 */
export async function sendLoad(urls: readonly string[], size: LoadSize): Promise<Sent> {
  const { prefix, instances, bodiesPerInstance, connections, bodyBytes = BODY_BYTES } = size;
  const { bodies, points } = makeBatches("load", bodiesPerInstance, bodyBytes);
  const parts = bodies.map((body) => {
    const head = decodeBatchHead(body);
    if (typeof head === "string") throw new Error(head);
    return { prevSeq: head.header.prevSeq, records: body.subarray(head.end) };
  });
  const senders = urls.map((url) => new Sender(url));
  const started = performance.now();
  let next = 0;
  const sendInstances = async (): Promise<void> => {
    while (next < instances) {
      const no = next++;
      const writer = writerOf(prefix, no);
      for (const { prevSeq, records } of parts) {
        const head = encodeBatchHead({ writer, training: prefix, prevSeq });
        await senders[no % urls.length]!.records(writer, Buffer.concat([head, records]));
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, sendInstances));
  for (const sender of senders) sender.close();
  return { points: points * instances, seconds: (performance.now() - started) / 1000 };
}

/** @returns id of an instance of a load, and of its writer */
export function writerOf(prefix: string, no: number): string {
  return `${prefix}-${String(no).padStart(8, "0")}`;
}

/**
 * Sends one instance.
 *
 * @param url - of a replica
 * @param pointsPerSeries - that each of its three series has in the end, at least
 */
export async function sendLong(url: string, instance: string, pointsPerSeries: number): Promise<Sent> {
  const sender = new Sender(url);
  const started = performance.now();
  const bodies = bodiesOf(instance, 2_000_000);
  let sent = 0;
  while (sent < 3 * pointsPerSeries) {
    const { body, points } = bodies.next().value;
    await sender.records(instance, body);
    sent = points;
  }
  sender.close();
  return { points: sent, seconds: (performance.now() - started) / 1000 };
}

/** A shipper's side of the records' route, with connections that stay open. */
class Sender {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  records(instance: string, body: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const headers = { "content-type": "application/x-ava-records", "content-length": body.length };
      const options = { method: "POST", agent: this.agent, headers };
      const sent = request(`${this.url}/v1/instances/${instance}/records`, options, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        const done = (): void =>
          answer.statusCode === 200 ? resolve() : reject(new Error(`${instance}: answered ${answer.statusCode} ${text}`));
        answer.on("end", done);
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
