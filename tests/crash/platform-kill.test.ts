import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { BatchWriter } from "../../packages/platform/src/testing/batch-writer.js";
import { randomOf, seedOfTest } from "../random.js";
import { oftenCheckpointed, type PlatformProcess, platformCommand, startPlatformProcess } from "./platform-process.js";

const folder = mkdtempSync(join(tmpdir(), "ava-crash-"));
const running = new Set<PlatformProcess>();
afterAll(async () => {
  for (const platform of running) await platform.end("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function start(command: string[]): Promise<PlatformProcess> {
  const platform = await startPlatformProcess(command);
  running.add(platform);
  return platform;
}

/** One shipper: sends numbered points until the platform is gone, and remembers what it was told is kept. */
class Sender {
  readonly id: string;
  private readonly writer: BatchWriter;
  /** Bodies sent and not acknowledged, oldest first. */
  private readonly unsent: { body: Buffer; step: number; seq: number }[] = [];
  /** Steps below this are acknowledged. */
  ackedSteps = 0;
  private nextStep = 0;

  constructor(id: string) {
    this.id = id;
    this.writer = new BatchWriter(`writer-of-${id}`);
  }

  /** Sends until the connection breaks or the platform refuses. @returns the status of the refusal */
  async sendUntilRefused(url: string): Promise<number | undefined> {
    for (;;) {
      if (this.unsent.length === 0) this.makeBody();
      const { body, step, seq } = this.unsent[0]!;
      const headers = { "content-type": "application/x-ava-records" };
      let answer: Response;
      let text: string;
      try {
        answer = await fetch(`${url}/v1/instances/${this.id}/records`, { method: "POST", body: new Uint8Array(body), headers });
        text = await answer.text();
      } catch {
        // The platform was killed: whether this body was taken is not known, so it is sent again later.
        return undefined;
      }
      if (answer.status !== 200) return answer.status;
      if (text !== JSON.stringify({ ack: seq })) throw new Error(`wrong answer ${text} for seq ${seq}`);
      this.unsent.shift();
      this.ackedSteps = step;
    }
  }

  /** Steps that were sent at least once. */
  get sentSteps(): number {
    return this.nextStep;
  }

  private makeBody(): void {
    for (let i = 0; i < 40; i++) this.writer.log({ loss: 1 / (this.nextStep + 1), step: this.nextStep }, this.nextStep++);
    this.writer.print(`${"x".repeat(30)} ${this.nextStep}\n`);
    this.unsent.push({ body: this.writer.body(), step: this.nextStep, seq: this.writer.seq });
  }
}

/** Steps that the platform has of an instance, in its order, and its log. */
async function kept(url: string, id: string): Promise<{ steps: number[]; log: string }> {
  const text = await (await fetch(`${url}/v1/instances/${id}/export?format=csv`)).text();
  const steps: number[] = [];
  for (const line of text.split("\n")) if (line.startsWith("step,")) steps.push(Number(line.split(",")[2]));
  let log = "";
  for (let offset = 0; ; ) {
    const page = (await (await fetch(`${url}/v1/instances/${id}/logs?offset=${offset}&limit=1000000`)).json()) as {
      text: string;
      nextOffset: number;
    };
    log += page.text;
    if (page.nextOffset === offset) return { steps, log };
    offset = page.nextOffset;
  }
}

function expectOnce(steps: number[], log: string, sender: Sender): void {
  expect(steps.length).toBeGreaterThanOrEqual(sender.ackedSteps);
  expect(steps.length).toBeLessThanOrEqual(sender.sentSteps);
  expect(steps.findIndex((step, index) => step !== index)).toBe(-1);
  const lines = log.split("\n").slice(0, -1);
  expect(lines).toEqual(Array.from({ length: steps.length / 40 }, (_, i) => `${"x".repeat(30)} ${(i + 1) * 40}`));
}

test("killed twenty times under load, everything acknowledged is there exactly once", async () => {
  const random = randomOf(seedOfTest());
  const senders = ["one", "two", "three"].map((id) => new Sender(id));
  const dataDir = join(folder, "kill");
  // In turn with checkpoints so often that kills fall into them, and as users start it.
  const commands = [oftenCheckpointed(dataDir), platformCommand(dataDir)];
  let platform = await start(commands[0]!);
  for (let round = 0; round < 20; round++) {
    const sending = Promise.all(senders.map((sender) => sender.sendUntilRefused(platform.url)));
    await new Promise((resolve) => setTimeout(resolve, 20 + random.below(180)));
    await platform.end("SIGKILL");
    expect(await sending).toEqual([undefined, undefined, undefined]);
    platform = await start(commands[round % 2]!);
    for (const sender of senders) {
      if (sender.ackedSteps === 0) continue;
      const { steps, log } = await kept(platform.url, sender.id);
      expectOnce(steps, log, sender);
    }
  }
  expect(existsSync(join(dataDir, "log", "00000001.log")), "checkpoints made").toBe(false);
  expect(Math.min(...senders.map((sender) => sender.ackedSteps))).toBeGreaterThan(0);
  expect(await platform.end("SIGTERM")).toBe(0);
});

test.each([
  ["SIGKILL", null],
  ["SIGTERM", 0],
] as const)("a full disk refuses with store_full, loses nothing acknowledged, and the store opens again after %s", async (signal, code) => {
  const command = platformCommand(join(folder, `full-${signal}`));
  // A limit on the size of files stands for the full disk: writes beyond it fail in the same way, for the log and for SQLite.
  const platform = await start(["/bin/sh", "-c", 'trap "" XFSZ; ulimit -f 4096; exec "$@"', "sh", ...command]);
  const sender = new Sender("one");
  expect(await sender.sendUntilRefused(platform.url)).toBe(507);
  expect(sender.ackedSteps).toBeGreaterThan(0);
  const { steps, log } = await kept(platform.url, "one");
  expectOnce(steps, log, sender);
  expect((await fetch(`${platform.url}/healthz`)).status).toBe(200);
  expect(await platform.end(signal)).toBe(code);
  expect(platform.errors()).not.toContain("    at ");
  const again = await start(command);
  const after = await kept(again.url, "one");
  expect(after.steps.length).toBe(steps.length);
  expectOnce(after.steps, after.log, sender);
  await Promise.race([sender.sendUntilRefused(again.url), new Promise((resolve) => setTimeout(resolve, 200))]);
  await again.end("SIGKILL");
  expect(sender.ackedSteps).toBeGreaterThan(steps.length);
});
