// Three nodes under Patroni, all three in the address: what was acknowledged is there once, whatever happens to the primary.
import { expect, test } from "vitest";
import { BatchWriter } from "../../packages/platform/src/testing/batch-writer.js";
import { AgentProcess, attach, newRun, startWriter } from "../processes/agent.js";
import { waitFor } from "../processes/ava.js";
import { Balancer } from "../processes/balancer.js";
import { hasPatroni, PatroniCluster, type PatroniNode } from "../processes/patroni.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { pause, stepsOf } from "./replica-kills.js";

const RUN = "sent";

/** Points of a body. */
const POINTS = 20;

/** Points of each of the two writers of the training. */
const TRAINING_POINTS = 20_000;

/** How long a node sleeps: longer than Patroni waits for a primary. */
const ASLEEP_MS = 40_000;

/** Sends bodies one after the other, each until it is acknowledged, and knows the longest time without an acknowledgement. */
class PatientSender {
  acknowledged = 0;
  private longestMs = 0;
  private ackedAtMs = performance.now();
  private readonly writer = new BatchWriter(`writer-of-${RUN}`);
  private isEnded = false;
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async sendAll(): Promise<void> {
    while (!this.isEnded) {
      const first = this.acknowledged;
      for (let step = first; step < first + POINTS; step++) this.writer.log({ loss: step }, step);
      const body = new Uint8Array(this.writer.body());
      while (!(await this.isTaken(body))) await pause(100);
      this.acknowledged += POINTS;
      this.longestMs = this.gapMs;
      this.ackedAtMs = performance.now();
      await pause(20);
    }
  }

  end(): void {
    this.isEnded = true;
  }

  /** @returns the longest time without an acknowledgement since it was asked last, in milliseconds */
  longestGapMs(): number {
    const longest = this.gapMs;
    this.longestMs = 0;
    return Math.round(longest);
  }

  private get gapMs(): number {
    return Math.max(this.longestMs, performance.now() - this.ackedAtMs);
  }

  private async isTaken(body: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const headers = { "content-type": "application/x-ava-records" };
    const answer = await fetch(`${this.url}/v1/instances/${RUN}/records`, { method: "POST", headers, body }).catch(() => undefined);
    if (answer !== undefined && !answer.ok && answer.status !== 503 && answer.status !== 502) throw new Error(await answer.text());
    return answer?.ok === true;
  }
}

test.skipIf(!hasPatroni())(
  "a cluster of Patroni whose primary is killed, put to sleep and switched over: every acknowledged point once, in order, and writers go on by themselves",
  async () => {
    const cluster = await PatroniCluster.start();
    cluster.sql("create database ava");
    const database = cluster.url("ava");
    const platforms = await Promise.all([1, 2].map(async () => new PlatformProcess(await freePort(), { database, isOftenSealed: true })));
    await Promise.all(platforms.map((platform) => platform.start()));
    const balancer = await Balancer.start(platforms.map(({ port }) => port));
    const sender = new PatientSender(balancer.url);
    try {
      const run = newRun("patroni");
      const agent = await AgentProcess.start();
      const client = await agent.client();
      await attach(client, run, balancer.url);
      const writer = startWriter("journals", run.run, TRAINING_POINTS, 2, 1);
      const sent = sender.sendAll();
      const happens = async (
        what: string,
        event: (primary: PatroniNode) => Promise<void>,
        after?: (primary: PatroniNode) => Promise<void>,
      ) => {
        const primary = await cluster.whole();
        sender.longestGapMs();
        await event(primary);
        // Patroni needs a moment to notice: more is only taken by the next primary.
        await waitFor(async () => (await primaryOf(cluster)) !== primary.name, "another primary", 180_000);
        const before = sender.acknowledged;
        await waitFor(() => sender.acknowledged > before + POINTS, "further points to be acknowledged", 180_000);
        await after?.(primary);
        console.log(`${what}: longest time without an acknowledgement ${sender.longestGapMs()} ms`);
      };
      const kill = (primary: PatroniNode): Promise<void> => primary.kill();
      for (const no of [1, 2, 3]) await happens(`SIGKILL ${no} of the primary's node`, kill, (primary) => primary.start());
      await happens("SIGSTOP of the primary's node", async (primary) => {
        primary.signal("SIGSTOP");
        await pause(ASLEEP_MS);
        primary.signal("SIGCONT");
      });
      await happens("switchover", (primary) => cluster.switchover(primary));
      await cluster.whole();
      sender.end();
      await Promise.all([sent, writer.written]);
      expect(await client.call("finish", { run: run.run, timeoutMs: 120_000 })).toMatchObject({ isComplete: true });
      const sentSteps = Array.from({ length: sender.acknowledged }, (_, step) => step);
      const written = Array.from({ length: TRAINING_POINTS }, (_, step) => step);
      for (const platform of platforms) {
        expect(await stepsOf(platform, RUN)).toEqual([sentSteps]);
        expect(await stepsOf(platform, run.instance)).toEqual([written, written]);
      }
      console.log(`${sender.acknowledged} points sent and ${2 * TRAINING_POINTS} logged: each is there once, in order`);
      await writer.end();
    } finally {
      sender.end();
      balancer.stop();
      await Promise.all(platforms.map((platform) => platform.stop("SIGKILL")));
      await cluster.remove();
    }
  },
);

async function primaryOf(cluster: PatroniCluster): Promise<string | undefined> {
  const members = await cluster.members();
  return members.find(({ role, state }) => role === "leader" && state === "running")?.name;
}
