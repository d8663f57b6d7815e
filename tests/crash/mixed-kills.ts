import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { randomOf } from "../random.js";
import { MixedClient } from "./mixed-client.js";
import { oftenCheckpointed, startPlatformProcess } from "./platform-process.js";

/**
 * Kills a platform at random moments while clients change it, with checkpoints all the time, and sees that what was acknowledged is there, once.
 *
 * @param kills - how often
 * @param seed - of everything random but the timing of processes
 */
export async function killAtRandom(kills: number, seed: number): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "ava-mixed-"));
  const random = randomOf(seed);
  const clients = ["a", "b", "c", "d"].map((id, place) => new MixedClient(id, randomOf(seed + place + 1)));
  const command = oftenCheckpointed(dataDir);
  let platform = await startPlatformProcess(command);
  try {
    for (let kill = 0; kill < kills; kill++) {
      const changing = Promise.all(clients.map((client) => client.changeUntilKilled(platform.url)));
      // A refusal is told below, after the kill.
      changing.catch(() => undefined);
      await pause(20 + random.below(400));
      await platform.end("SIGKILL");
      await changing;
      platform = await startPlatformProcess(command);
      const wrong = (await Promise.all(clients.map((client) => client.findWrong(platform.url)))).flat();
      expect([...wrong, ...(platform.errors().match(/store_damaged.*/g) ?? [])], `seed ${seed}, kill ${kill}`).toEqual([]);
    }
    expect(Math.min(...clients.map(({ acked }) => acked))).toBeGreaterThan(0);
    expect(await platform.end("SIGTERM")).toBe(0);
  } finally {
    await platform.end("SIGKILL");
    rmSync(dataDir, { recursive: true, force: true });
  }
}
