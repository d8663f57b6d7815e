import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type PlatformProcess, platformCommand, startPlatformProcess } from "./platform-process.js";

const folder = mkdtempSync(join(tmpdir(), "ava-full-"));
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

/** A limit of 0 on the size of files stands for the full disk: no byte can be written, by the platform or by SQLite. */
const onFullDisk = (command: string[]): string[] => ["/bin/sh", "-c", 'trap "" XFSZ; ulimit -f 0; exec "$@"', "sh", ...command];

const put = (url: string, id: string): Promise<Response> =>
  fetch(`${url}/v1/instances/${id}`, { method: "PUT", headers: { "content-type": "application/json" }, body: '{"training":"t"}' });

async function idsOf(url: string): Promise<string[]> {
  const { instances } = (await (await fetch(`${url}/v1/instances`)).json()) as { instances: { id: string }[] };
  return instances.map(({ id }) => id).sort();
}

test.each(["SIGTERM", "SIGKILL"] as const)(
  "after %s, a start on a full disk says so, serves what is stored and refuses changes with store_full",
  async (end) => {
    const command = platformCommand(join(folder, end));
    const before = await start(command);
    expect((await put(before.url, "one")).status).toBe(200);
    await before.end(end);
    const full = await start(onFullDisk(command));
    expect(full.errors()).toMatch(/The disk of .* is full: what is stored is served, changes are refused \(507 store_full\)/);
    expect(await idsOf(full.url)).toEqual(["one"]);
    const refused = await put(full.url, "two");
    expect(refused.status).toBe(507);
    expect(await refused.json()).toMatchObject({ error: { code: "store_full" } });
    expect(await idsOf(full.url)).toEqual(["one"]);
    await full.end("SIGTERM");
    expect(full.errors()).not.toContain("    at ");
    const after = await start(command);
    expect((await put(after.url, "two")).status).toBe(200);
    expect(await idsOf(after.url)).toEqual(["one", "two"]);
    expect(await after.end("SIGTERM")).toBe(0);
  },
);

test("a new store on a full disk is refused with what to do", async () => {
  await expect(start(onFullDisk(platformCommand(join(folder, "new"))))).rejects.toThrow(
    /ended with 1: ava-platform: .*Make room and start again\.\n$/,
  );
});
