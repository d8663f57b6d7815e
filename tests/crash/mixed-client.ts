import { BatchWriter } from "../../packages/platform/src/testing/batch-writer.js";
import type { Random } from "../random.js";

/** A value that requests replace: what was acknowledged last, and what one that was cut off may have set. */
interface Slot {
  acked: number;
  maybe: number | undefined;
}

/** What is read of an instance, a model or an evaluation. */
interface Shown {
  id?: string;
  v?: number;
  params?: { v?: number };
  stopRequested?: { reason: string };
}

const RECORDS_TYPE = "application/x-ava-records";

/** Changes one instance by requests with and without bodies in random order, and knows what of it the platform must have. */
export class MixedClient {
  readonly id: string;
  private readonly random: Random;
  private readonly writer: BatchWriter;
  private readonly slots: Record<"facts" | "stop" | "model" | "evaluation", Slot>;
  /** Body of records that was not acknowledged yet: it is sent again. */
  private unsent: { body: Buffer; steps: number } | undefined;
  private ackedSteps = 0;
  private nextStep = 0;
  /** Steps of line protocol: those acknowledged, and one that was cut off. */
  private lines: number[] = [];
  private maybeLine: number | undefined;
  private counter = 0;

  constructor(id: string, random: Random) {
    this.id = id;
    this.random = random;
    this.writer = new BatchWriter(`writer-of-${id}`);
    const slot = (): Slot => ({ acked: 0, maybe: undefined });
    this.slots = { facts: slot(), stop: slot(), model: slot(), evaluation: slot() };
  }

  /** Requests that were acknowledged. */
  get acked(): number {
    return this.ackedSteps + this.lines.length + Object.values(this.slots).filter(({ acked }) => acked > 0).length;
  }

  /** Sends until the platform is gone. @throws when it answers anything but 200 */
  async changeUntilKilled(url: string): Promise<void> {
    try {
      if (this.slots.facts.acked === 0) await this.set(url, "facts");
      for (;;) await this.changeOnce(url);
    } catch (error) {
      // fetch says that the connection broke: whether the last request was taken is not known.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** Compares what the platform shows with what it acknowledged. @returns what is wrong */
  async findWrong(url: string): Promise<string[]> {
    const wrong: string[] = [];
    const get = async (path: string): Promise<Shown> => {
      const answer = await fetch(url + path);
      return answer.status === 404 ? {} : ((await answer.json()) as Shown);
    };
    const detail = await get(`/v1/instances/${this.id}`);
    const shown = {
      facts: detail.params?.v,
      stop: Number(detail.stopRequested?.reason ?? 0),
      model: (await get(`/v1/models/m-${this.id}`)).params?.v,
      evaluation: (await get(`/v1/evaluations/e-${this.id}/result`)).v,
    };
    for (const [name, slot] of Object.entries(this.slots)) {
      const value = shown[name as keyof typeof shown] ?? 0;
      if (value !== slot.acked && value !== slot.maybe) wrong.push(`${name} is ${value}, not ${slot.acked} (or ${slot.maybe})`);
      slot.acked = value;
      slot.maybe = undefined;
    }
    const csv = detail.id === undefined ? "" : await (await fetch(`${url}/v1/instances/${this.id}/export?format=csv`)).text();
    const stepsOf = (series: string): number[] =>
      csv.split("\n").flatMap((line) => (line.startsWith(`${series},`) ? [Number(line.split(",")[2])] : []));
    const steps = stepsOf("step");
    if (steps.some((step, place) => step !== place)) wrong.push("the points are not each there once, in order");
    if (steps.length < this.ackedSteps || steps.length > this.nextStep)
      wrong.push(`${steps.length} points, of ${this.ackedSteps} acknowledged`);
    const lines = stepsOf("line");
    if (lines.length > this.lines.length && lines.at(-1) === this.maybeLine) this.lines.push(this.maybeLine!);
    if (lines.join() !== this.lines.join()) wrong.push(`lines ${lines.join()}, not ${this.lines.join()}`);
    this.maybeLine = undefined;
    return wrong.map((what) => `${this.id}: ${what}`);
  }

  private async changeOnce(url: string): Promise<void> {
    const turn = this.random.next();
    if (turn < 0.35) return this.sendRecords(url);
    if (turn < 0.5) return this.sendLine(url);
    if (turn < 0.55 && this.unsent === undefined)
      return this.send(url, "POST", `/v1/instances/${this.id}/records`, this.writer.body(), RECORDS_TYPE);
    const names = ["facts", "stop", "model", "evaluation"] as const;
    return this.set(url, this.random.pick(names));
  }

  private async sendRecords(url: string): Promise<void> {
    this.unsent ??= this.makeBody();
    const { body, steps } = this.unsent;
    await this.send(url, "POST", `/v1/instances/${this.id}/records`, body, RECORDS_TYPE);
    this.unsent = undefined;
    this.ackedSteps = steps;
  }

  private makeBody(): { body: Buffer; steps: number } {
    for (let i = 0; i < 20; i++) this.writer.log({ step: this.nextStep }, this.nextStep++);
    return { body: this.writer.body(), steps: this.nextStep };
  }

  private async sendLine(url: string): Promise<void> {
    const step = ++this.counter;
    this.maybeLine = step;
    await this.send(
      url,
      "POST",
      `/v1/report/trainings/${this.id}/metric`,
      Buffer.from(`line,batch=${step} value=1 ${step}\n`),
      "text/plain",
    );
    this.lines.push(step);
    this.maybeLine = undefined;
  }

  private async set(url: string, name: keyof typeof this.slots): Promise<void> {
    const value = ++this.counter;
    this.slots[name].maybe = value;
    const json = (body: object): Buffer => Buffer.from(JSON.stringify(body));
    if (name === "facts") await this.send(url, "PUT", `/v1/instances/${this.id}`, json({ training: "t", params: { v: value } }));
    else if (name === "stop") await this.send(url, "POST", `/v1/instances/${this.id}/stop`, json({ reason: String(value) }));
    else if (name === "model")
      await this.send(url, "POST", "/v1/models", json({ name: `m-${this.id}`, version: "1", params: { v: value } }));
    else await this.send(url, "PUT", `/v1/evaluations/e-${this.id}/result`, json({ v: value }));
    this.slots[name] = { acked: value, maybe: undefined };
  }

  private async send(url: string, method: string, path: string, body: Buffer, type = "application/json"): Promise<void> {
    const answer = await fetch(url + path, { method, headers: { "content-type": type }, body: new Uint8Array(body) });
    const text = await answer.text();
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  }
}
