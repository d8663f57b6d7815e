import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fateOf, type MarkedProcess, markOf, ownMark, ownProcess, processOf } from "./is-alive.js";

const isLinux = process.platform === "linux";
const mark = ownMark();

async function withSleeper(work: (of: MarkedProcess, end: () => Promise<void>) => Promise<void>): Promise<void> {
  const child = spawn("sleep", ["60"]);
  try {
    await work(processOf(child.pid as number), async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    });
  } finally {
    child.kill("SIGKILL");
  }
}

describe.runIf(isLinux)("on Linux", () => {
  test("a process lives until it has ended", async () => {
    expect(fateOf(ownProcess())).toBe("alive");
    await withSleeper(async (sleeper, end) => {
      expect(fateOf(sleeper)).toBe("alive");
      await end();
      expect(fateOf(sleeper)).toBe("gone");
    });
  });

  test("a process that has the number of one that has ended is not taken for it", () => {
    const own = ownProcess();
    expect(fateOf({ ...own, process: { ...mark!, startTicks: mark!.startTicks - 1 } })).toBe("gone");
  });

  test("a process that has ended and whose parent has not asked for it is gone", async () => {
    // The shell becomes a program that never waits for its child.
    const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"]);
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const child = processOf(Number(line));
    const deadlineMs = Date.now() + 10_000;
    while (fateOf(child) !== "gone" && Date.now() < deadlineMs) await new Promise((resolve) => setImmediate(resolve));
    expect(fateOf(child)).toBe("gone");
    parent.kill();
  });

  test("of a process of another namespace, host or older version nothing is known, although this host has such a pid, or none", () => {
    const own = ownProcess();
    for (const pid of [own.pid, 999_999_999]) {
      expect(fateOf({ ...own, pid, process: { ...mark!, pidNamespace: "1" } })).toBe("unknown");
      expect(fateOf({ ...own, pid, process: { ...mark!, boot: "another" } })).toBe("unknown");
      expect(fateOf({ pid, host: own.host })).toBe("unknown");
      expect(fateOf({ ...own, pid, host: "another", process: { ...mark!, boot: "another" } })).toBe("unknown");
    }
  });

  test("after a restart of the machine what was written before is of processes that are gone; in containers that cannot be known", () => {
    const file = join(mkdtempSync(join(tmpdir(), "ava-alive-")), "file");
    writeFileSync(file, "");
    const machine = { ...mark!, boot: "before", machine: mark!.machine ?? "m" };
    const isMachine = mark!.pidNamespace === "4026531836" && mark!.machine !== undefined;
    const before: MarkedProcess = { ...ownProcess(), process: machine };
    expect(fateOf(before, file)).toBe("unknown");
    utimesSync(file, 1, 1);
    expect(fateOf(before, file)).toBe(isMachine ? "gone" : "unknown");
    expect(fateOf({ ...before, host: "another" }, file)).toBe("unknown");
    expect(fateOf({ ...before, process: { ...machine, machine: "another" } }, file)).toBe("unknown");
    expect(fateOf({ ...before, process: { ...machine, pidNamespace: "4026532000" } }, file)).toBe("unknown");
  });

  test("a process in a pid namespace of its own, on a host of the same name, is not taken for one of here", async ({ skip }) => {
    const script = `cat /proc/sys/kernel/random/boot_id; readlink /proc/self/ns/pid; cut -d" " -f22 /proc/self/stat; echo $$`;
    const inside = spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "sh", "-c", script], { encoding: "utf8" });
    skip(inside.status !== 0, `SKIPPED: no pid namespace may be made here: ${inside.stderr}`);
    const [boot, namespace, start, pid] = inside.stdout.split("\n") as [string, string, string, string];
    const other = { boot, pidNamespace: namespace.slice(5, -1), startTicks: Number(start) };
    expect(other.boot).toBe(mark!.boot);
    expect(fateOf({ pid: Number(pid), host: ownProcess().host, process: other })).toBe("unknown");
  });
});

test.each([undefined, null, 5, "text", {}, { boot: 1, pidNamespace: "2", startTicks: 3 }])("%j is not a mark", (value) => {
  expect(markOf(value)).toBeUndefined();
});
