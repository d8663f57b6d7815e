// A training in another language, as the agent sees it: writes journals and console lines of a run, and nothing else.
//   node agent-client.mjs journals <run folder> <points of each> <writers> <points between two pauses of 10 ms> [bytes of a segment]
//   node agent-client.mjs lines <run folder> <log> <purpose> <parser> <lines between two pauses of 10 ms> [working folder]
// After its work it prints "written" and lives until its input ends.
import { randomBytes } from "node:crypto";
import { mkdirSync, openSync, readFileSync, readlinkSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { encodeSegmentHead, RecordEncoder } from "ava-protocol";

const [, , kind, run, ...args] = process.argv;
const mark = {
  boot: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
  pidNamespace: readlinkSync("/proc/self/ns/pid").slice("pid:[".length, -1),
  startTicks: Number(readFileSync("/proc/self/stat", "utf8").split(") ").at(-1).split(" ")[19]),
};
const facts = { instance: basename(run), training: "tests", pid: process.pid, host: hostname(), process: mark };
const pause = () => new Promise((resolve) => setTimeout(resolve, 10));

class Journal {
  constructor(labels, segmentBytes) {
    this.segmentBytes = segmentBytes;
    this.head = { ...facts, writer: randomBytes(8).toString("hex"), labels };
    this.encoder = new RecordEncoder();
    this.segment = 0;
    this.seq = 0;
    this.start();
  }

  start() {
    const { writer } = this.head;
    const file = join(run, "journal", `${writer}.${String(this.segment).padStart(6, "0")}.ava`);
    this.fd = openSync(file, "ax");
    this.bytes = 0;
    this.write(encodeSegmentHead({ ...this.head, segment: this.segment, firstSeq: this.seq + 1 }));
    this.record({ type: "series", id: 1, name: "count", labels: {} });
    this.segment += 1;
  }

  record(record) {
    this.seq += 1;
    this.encoder.clear();
    this.encoder.write(this.seq, record);
    this.write(this.encoder.bytes());
  }

  point(step) {
    if (this.bytes > this.segmentBytes) this.start();
    this.record({ type: "points", step, timeNs: BigInt(Date.now()) * 1_000_000n, ids: [1], values: [step] });
  }

  write(bytes) {
    this.bytes += writeSync(this.fd, bytes);
  }
}

async function writeJournals([points, writers, pace, segmentBytes = 256 * 1024]) {
  mkdirSync(join(run, "journal"), { recursive: true });
  const journals = [];
  for (let index = 0; index < Number(writers); index++) {
    journals.push(new Journal({ writer: `${process.pid}-${index}` }, Number(segmentBytes)));
    // As workers are forked: at any time.
    if (index % 8 === 7) await pause();
  }
  for (let step = 0; step < Number(points); step++) {
    for (const journal of journals) journal.point(step);
    if (step % Number(pace) === 0) await pause();
  }
}

async function writeLines([log, purpose, parser, pace, workingFolder = process.cwd()]) {
  mkdirSync(join(run, "lines"), { recursive: true });
  const writer = randomBytes(8).toString("hex");
  const fd = openSync(join(run, "lines", `${writer}.lines`), "ax");
  const referenceTimeMs = Date.UTC(2026, 5, 1);
  const header = { version: 1, ...facts, writer, parser, purpose, referenceTimeMs, workingFolder, batchOfEpoch: 125 };
  writeSync(fd, `${JSON.stringify(header)}\n`);
  const lines = readFileSync(log, "utf8").split("\n");
  for (const [index, line] of lines.slice(0, -1).entries()) {
    writeSync(fd, `${Date.now()}\t${line}\n`);
    if (index % Number(pace) === 0) await pause();
  }
  // Begun, and never ended: it was never said.
  writeSync(fd, `${Date.now()}\tIteration 999999, loss = 1`);
}

await (kind === "journals" ? writeJournals(args) : writeLines(args));
process.stdout.write("written\n");
process.stdin.resume();
process.stdin.once("end", () => process.exit(0));
