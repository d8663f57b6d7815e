import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { parseGpuLine } from "./gpu-line.js";
import { NvidiaSmi } from "./nvidia-smi.js";

const WAIT = { timeout: 20_000, interval: 20 };

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Puts a stand-in `nvidia-smi` on PATH; each start leaves a line with its pid in `starts`. */
function standIn(script: string): { starts: () => string[]; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "ava-smi-"));
  writeFileSync(join(folder, "nvidia-smi"), `#!/bin/sh\necho "$$ $*" >> "${folder}/starts"\n${script}\n`);
  chmodSync(join(folder, "nvidia-smi"), 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
  const file = join(folder, "starts");
  return { folder, starts: () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []) };
}

function watch(options: { silenceMs?: number } = {}): { smi: NvidiaSmi; troubles: string[] } {
  const troubles: string[] = [];
  const smi = new NvidiaSmi({ intervalMs: 50, onTrouble: (reason) => troubles.push(reason), ...options });
  onTestFinished(() => smi.close());
  return { smi, troubles };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: gone.
    return false;
  }
}

describe("a line", () => {
  test("gives a reading in bytes, watts, percent", () => {
    expect(parseGpuLine("1, 35, 1024, 4096, 76.30, 31, NVIDIA H200, big")).toEqual({
      index: "1",
      name: "NVIDIA H200, big",
      metrics: {
        "system/gpu/utilization_percent": 35,
        "system/gpu/memory_used_bytes": 1_073_741_824,
        "system/gpu/memory_percent": 25,
        "system/gpu/power_watts": 76.3,
        "system/gpu/temperature_celsius": 31,
      },
    });
  });

  test("leaves out what the GPU does not tell", () => {
    expect(parseGpuLine("0, [N/A], 10, 100, [Not Supported], 40, Tegra")?.metrics).toEqual({
      "system/gpu/memory_used_bytes": 10_485_760,
      "system/gpu/memory_percent": 10,
      "system/gpu/temperature_celsius": 40,
    });
  });

  test.each(["", "No devices were found", "Unable to determine the device handle for GPU 0000:01:00.0: Unknown Error", "0, 1"])(
    "that does not have these values gives nothing: %s",
    (line) => {
      expect(parseGpuLine(line)).toBeUndefined();
    },
  );
});

describe("nvidia-smi", () => {
  test("is started once and gives the newest reading of each GPU", async () => {
    const { starts } = standIn(`while :; do echo "0, 10, 1, 4, 50, 30, A"; printf "1, 20, 2, 4,"; echo " 60, 40, A"; sleep 0.02; done`);
    const { smi, troubles } = watch();
    await vi.waitFor(() => expect(smi.take().map(({ index }) => index)).toEqual(["0", "1"]), WAIT);
    await vi.waitFor(() => expect(smi.take()).toHaveLength(2), WAIT);
    expect(starts()).toHaveLength(1);
    expect(starts()[0]).toMatch(/^\d+ --query-gpu=index,.* --format=csv,noheader,nounits --loop-ms=50$/);
    expect(smi.pid).toBe(Number.parseInt(starts()[0] as string, 10));
    smi.close();
    await vi.waitFor(() => expect(isAlive(smi.pid as number)).toBe(false), WAIT);
    expect(troubles).toEqual([]);
  });

  test("that is absent means no GPUs, silently", async () => {
    vi.stubEnv("PATH", mkdtempSync(join(tmpdir(), "ava-smi-")));
    const absent = watch();
    const { starts } = standIn("exit 9");
    const failing = watch();
    // By then the absent one would have been tried as often.
    await vi.waitFor(() => expect(failing.troubles).toHaveLength(1), WAIT);
    expect(starts()).toHaveLength(3);
    expect([absent.smi.take(), absent.smi.pid, absent.troubles]).toEqual([[], undefined, []]);
  });

  test("that fails is tried three times and given up with one word", async () => {
    const { starts } = standIn("echo 'NVIDIA-SMI has failed: no driver'; exit 9");
    const { troubles } = watch();
    await vi.waitFor(() => expect(troubles).toHaveLength(1), WAIT);
    expect(troubles[0]).toMatch(/exit code 9/);
    expect(starts()).toHaveLength(3);
  });

  test("that hangs is killed, tried three times and given up", async () => {
    const { starts } = standIn("exec sleep 60");
    const { troubles } = watch({ silenceMs: 200 });
    await vi.waitFor(() => expect(troubles).toHaveLength(1), WAIT);
    expect(troubles[0]).toMatch(/said nothing for 0.2 s/);
    const pids = starts().map((line) => Number.parseInt(line, 10));
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), WAIT);
  });

  test("that ends after a while is started again", async () => {
    const { starts } = standIn(`echo "0, 10, 1, 4, 50, 30, A"`);
    const { smi, troubles } = watch();
    await vi.waitFor(() => expect(starts().length).toBeGreaterThan(4), WAIT);
    expect(smi.take()).toHaveLength(1);
    expect(troubles).toEqual([]);
  });
});
