import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeBatchHead, decodeRecord, type JournalRecord, readFrame } from "ava-protocol";

/** One body as it came. */
export interface ReceivedBatch {
  writer: string;
  prevSeq: number;
  records: { seq: number; record: JournalRecord | undefined }[];
  bytes: number;
}

/** What the server answers in place of a platform; nothing: it does what a platform does. */
export interface ScriptedAnswer {
  status: number;
  body: string;
  headers?: Record<string, string>;
  /** The records are taken all the same, as when only the answer is lost. */
  isTaken?: boolean;
}

/** A server of records that tests can have misbehave; by itself it acknowledges as docs/formats/journal.md says. */
export interface RecordsServer {
  url: string;
  requests: number;
  /** Steps of the points that were taken, by writer. */
  steps: Map<string, number[]>;
  acks: Map<string, number>;
  answer: (batch: ReceivedBatch) => ScriptedAnswer | undefined;
  close(): void;
}

/** @returns a listening server */
export async function startRecordsServer(): Promise<RecordsServer> {
  const server = createServer((request, response) => {
    void readBatch(request).then((batch) => {
      self.requests += 1;
      const scripted = self.answer(batch);
      const taken = scripted === undefined || scripted.isTaken ? take(batch) : undefined;
      const { status, body, headers } = scripted ?? (taken as ScriptedAnswer);
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
    });
  });
  const self: RecordsServer = {
    url: "",
    requests: 0,
    steps: new Map(),
    acks: new Map(),
    answer: () => undefined,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  function take({ writer, prevSeq, records }: ReceivedBatch): ScriptedAnswer {
    const ack = self.acks.get(writer) ?? 0;
    if (prevSeq > ack) return { status: 409, body: JSON.stringify({ error: { code: "seq_gap", message: "gap" }, ack }) };
    const fresh = records.filter(({ seq }) => seq > ack);
    const steps = fresh.flatMap(({ record }) => (record?.type === "points" ? [record.step] : []));
    self.steps.set(writer, [...(self.steps.get(writer) ?? []), ...steps]);
    self.acks.set(writer, Math.max(ack, ...fresh.map(({ seq }) => seq)));
    return { status: 200, body: JSON.stringify({ ack: self.acks.get(writer) }) };
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return self;
}

async function readBatch(request: IncomingMessage): Promise<ReceivedBatch> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request as AsyncIterable<Uint8Array>) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const head = decodeBatchHead(bytes);
  if (typeof head === "string") throw new Error(head);
  const records: ReceivedBatch["records"] = [];
  for (let at = head.end; at < bytes.length; ) {
    const frame = readFrame(bytes, at);
    if (typeof frame === "string") throw new Error(frame);
    records.push({ seq: frame.seq, record: decodeRecord(bytes, frame) });
    at = frame.end;
  }
  return { writer: head.header.writer, prevSeq: head.header.prevSeq, records, bytes: bytes.length };
}
