import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { endianness, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseCgroups, readCpuQuota, readMemoryUse } from "./cgroup.js";
import { parseBusyTicks, parseHostMemory, parseInterfaces, sumInterfaces } from "./host.js";
import { parseAuxiliaryVector } from "./kernel-units.js";
import { parseProcessStat } from "./process-stat.js";
import { parseIo } from "./process-tree.js";

describe("/proc/<pid>/stat", () => {
  const after = "7 42 40 34816 42 4194304 1 2 3 4 100 20 3 5 20 0 9 0 5551 999999 321 18446744073709551615";

  test.each([
    ["a usual name", "42 (python3) S", false],
    ["a name with spaces and parentheses", "42 (a) R (b c) R", false],
    ["a process that ended", "42 (sh) Z", true],
  ])("%s", (_, before, isZombie) => {
    expect(parseProcessStat(`${before} ${after}\n`)).toEqual({
      pid: 42,
      parentPid: 7,
      sessionId: 40,
      isZombie,
      cpuTicks: 128,
      residentPages: 321,
    });
  });

  test.each(["", "42", "42 (sh) S 7 42"])("is nothing when it is cut: '%s'", (text) => {
    expect(parseProcessStat(text)).toBeUndefined();
  });
});

test("/proc/<pid>/io gives bytes of the storage, not of the cache; nothing where it is hidden", () => {
  const text = "rchar: 900\nwchar: 800\nsyscr: 7\nsyscw: 6\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 512\n";
  expect(parseIo(text)).toEqual({ readBytes: 4096, writeBytes: 8192 });
  expect(parseIo("")).toBeUndefined();
});

test("/proc/stat: idle time and waiting for a disk are not busy, guest time counts once", () => {
  expect(parseBusyTicks("cpu  100 10 30 5000 400 2 3 4 90 1\ncpu0 1 1 1 1 1 1 1 1 1 1\n")).toBe(149);
  expect(parseBusyTicks("")).toBeUndefined();
});

test("/proc/meminfo: caches that can be given up are not used memory", () => {
  expect(parseHostMemory("MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    750 kB\n")).toEqual({
    totalBytes: 1_024_000,
    usedBytes: 256_000,
  });
  expect(parseHostMemory("MemTotal:       1000 kB\n")).toBeUndefined();
});

describe("/proc/net/dev", () => {
  const text = [
    "Inter-|   Receive                                                |  Transmit",
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
    "    lo:  999       9    0    0    0     0          0         0  999       9    0    0    0     0       0          0",
    "  eth0: 1000      10    0    0    0     0          0         0   50       5    0    0    0     0       0          0",
    "docker0:700       7    0    0    0     0          0         0   40       4    0    0    0     0       0          0",
  ].join("\n");

  test("on a host counts what passed a device, once", () => {
    expect(sumInterfaces(parseInterfaces(text), (name) => name === "eth0")).toMatchObject({ receivedBytes: 1000, sentBytes: 50 });
  });

  test("in a container counts the virtual interfaces, without loopback", () => {
    expect(sumInterfaces(parseInterfaces(text), () => false)).toMatchObject({ receivedBytes: 1700, sentBytes: 90 });
  });
});

describe("the auxiliary vector", () => {
  test("tells page size and ticks", () => {
    const bytes = Buffer.alloc(48);
    const write = (value: number, at: number) =>
      endianness() === "LE" ? bytes.writeBigUInt64LE(BigInt(value), at) : bytes.writeBigUInt64BE(BigInt(value), at);
    for (const [index, word] of [6, 65_536, 17, 250].entries()) write(word, index * 8);
    expect(parseAuxiliaryVector(bytes)).toEqual({ pageBytes: 65_536, ticksPerSecond: 250 });
  });

  test("is that of most machines when it is absent", () => {
    expect(parseAuxiliaryVector(Buffer.alloc(0))).toEqual({ pageBytes: 4096, ticksPerSecond: 100 });
  });
});

describe("control groups are found", () => {
  const one = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n";
  const inContainer = "35 31 0:32 /docker/c0ffee /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
  const two = "41 31 0:38 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw\n";

  test.each([
    ["version 2", "0::/user.slice/job\n", two, 2, ["/user.slice/job", "/user.slice", "/"]],
    ["version 2, namespace of a container", "0::/\n", two, 2, ["/"]],
    ["version 2, a group outside of what is mounted", "0::/../other\n", two, 2, ["/other", "/"]],
    ["version 1", "4:memory:/job\n1:cpu,cpuacct:/other\n", one, 1, ["/memory/job", "/memory"]],
    ["version 1 in a container that shows the host's path", "4:memory:/docker/c0ffee\n", inContainer, 1, ["/memory"]],
    ["both, the controller in version 1", "4:memory:/job\n0::/\n", two + one, 1, ["/memory/job", "/memory"]],
  ])("%s", (_, groups, mounts, version, folders) => {
    const expected = folders.map((folder) => `/sys/fs/cgroup${folder === "/" ? "" : folder}`);
    const found = parseCgroups("memory", groups, mounts);
    expect({ ...found, folders: found?.folders.map((folder) => folder.replace(/\/$/, "")) }).toEqual({ version, folders: expected });
  });

  test("nowhere: no limits are known", () => {
    expect(parseCgroups("memory", "", "")).toBeUndefined();
    expect(parseCgroups("memory", "0::/\n", one)).toBeUndefined();
  });
});

describe("limits", () => {
  function groups(version: 1 | 2, files: Record<string, string>) {
    const root = mkdtempSync(join(tmpdir(), "ava-cgroup-"));
    mkdirSync(join(root, "inner"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
    return { version, folders: [join(root, "inner"), root] };
  }

  test("of memory, version 2: the lowest of all levels counts, without cached files", () => {
    const files = {
      "memory.max": "4000\n",
      "memory.current": "3000\n",
      "memory.stat": "anon 1\ninactive_file 1000\n",
      "inner/memory.max": "max\n",
    };
    expect(readMemoryUse(groups(2, files), 10_000)).toEqual({ limitBytes: 4000, usedBytes: 2000 });
  });

  test("of memory, version 1: a limit above the host's memory does not count", () => {
    const files = { "memory.limit_in_bytes": "9223372036854771712\n", "memory.usage_in_bytes": "3000\n" };
    expect(readMemoryUse(groups(1, files), 10_000)).toBeUndefined();
    const limited = { ...files, "inner/memory.limit_in_bytes": "500\n", "inner/memory.usage_in_bytes": "400\n" };
    const stat = { "inner/memory.stat": "inactive_file 1\ntotal_inactive_file 100\n" };
    expect(readMemoryUse(groups(1, { ...limited, ...stat }), 10_000)).toEqual({ limitBytes: 500, usedBytes: 300 });
  });

  test.each([
    ["version 2", 2, { "inner/cpu.max": "150000 100000\n", "cpu.max": "max 100000\n" }, 1.5],
    ["version 2 without a quota", 2, { "cpu.max": "max 100000\n" }, Number.POSITIVE_INFINITY],
    ["version 1", 1, { "cpu.cfs_quota_us": "400000\n", "cpu.cfs_period_us": "100000\n" }, 4],
    ["version 1 without a quota", 1, { "cpu.cfs_quota_us": "-1\n", "cpu.cfs_period_us": "100000\n" }, Number.POSITIVE_INFINITY],
  ] as const)("of the CPU, %s", (_, version, files, cores) => {
    expect(readCpuQuota(groups(version, files))).toBe(cores);
  });
});
