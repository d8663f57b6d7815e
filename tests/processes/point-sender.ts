import { BatchWriter } from "../../packages/platform/src/testing/batch-writer.js";

/** Points of one body. */
export const POINTS_PER_BODY = 40;

/** Sends points with the steps 0, 1, 2, ... one body after the other. */
export class Sender {
  acknowledged = 0;
  private readonly id: string;
  private readonly writer: BatchWriter;
  private step = 0;

  constructor(id: string) {
    this.id = id;
    this.writer = new BatchWriter(`writer-${id}`);
  }

  async send(url: string): Promise<void> {
    for (let i = 0; i < POINTS_PER_BODY; i++, this.step++) this.writer.log({ loss: this.step }, this.step).print(`line ${this.step}\n`);
    const headers = { "content-type": "application/x-ava-records" };
    const body = new Uint8Array(this.writer.body());
    const answer = await fetch(`${url}/v1/instances/${this.id}/records`, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`the platform answered ${answer.status}`);
    this.acknowledged = this.step;
  }

  async sendWhile(url: string, isWanted: () => boolean): Promise<void> {
    while (isWanted()) await this.send(url);
  }
}

/** @returns the steps of all points of an instance, in order of arrival */
export async function stepsOf(url: string, id: string): Promise<number[]> {
  const text = await (await fetch(`${url}/v1/instances/${id}/export?format=jsonl`)).text();
  return text
    .split("\n")
    .filter((line) => line.startsWith('{"name"'))
    .map((line) => (JSON.parse(line) as { step: number }).step);
}
