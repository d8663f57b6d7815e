import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmulator } from "ava-kodo-emulator";
import { openStorage } from "ava-sdk/storage";
import { Fetcher, RETRY_POLICY } from "ava-sdk/transfer";
import { compress } from "ava-sdk/utils";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { runAva } from "../../processes/ava.js";
import { ContentServer, patternOf } from "../../processes/content-server.js";

const content = patternOf(21 * 1024 * 1024 + 12_345);
const fastPolicy = { ...RETRY_POLICY, firstDelayMs: 1, longestDelayMs: 5 };

let folder: string;
let file: string;
let server: ContentServer;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "ava-targets-test-"));
  file = path.join(folder, "file.bin");
  server = await ContentServer.start(content);
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function download(target: string) {
  using fetcher = new Fetcher({ retryPolicy: fastPolicy });
  return fetcher.fetchHugeFile(server.url, target);
}

/** The bytes that come out of a named pipe. */
function readerOf(pipe: string): Promise<Buffer> {
  const reader = spawn("cat", [pipe]);
  const pieces: Buffer[] = [];
  reader.stdout.on("data", (piece: Buffer) => pieces.push(piece));
  return new Promise((resolve) => reader.once("close", () => resolve(Buffer.concat(pieces))));
}

/** A device node of our own, never one of the machine's; absent where they may not be made. */
function newDevice(name: string, minor: number): string | undefined {
  const device = path.join(folder, name);
  const isMade = spawnSync("mknod", [device, "c", "1", String(minor)]).status === 0;
  // A folder may be mounted so that no device in it can be opened.
  return isMade && spawnSync("dd", [`if=${device}`, "of=/dev/zero", "count=0"]).status === 0 ? device : undefined;
}

describe("downloads to one path at the same time", () => {
  test("in one process and in several: each that says it is done has left whole bytes, and nothing else is left", async () => {
    server.faults = { pieceMs: 1 };
    const processes = Array.from({ length: 3 }, () => runAva(["download", server.url, "-o", file], {}));
    const own = await Promise.all(Array.from({ length: 3 }, () => download(file)));
    expect(own.map(([, err]) => err)).toEqual([undefined, undefined, undefined]);
    expect((await Promise.all(processes)).map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(readdirSync(folder)).toEqual(["file.bin"]);
  });

  test("one that fails beside another takes nothing of it away", async () => {
    server.faults = { pieceMs: 1 };
    const first = download(file);
    const stop = new AbortController();
    using fetcher = new Fetcher();
    const told = () => stop.abort();
    const [, err] = await fetcher.fetchHugeFile(server.url, file, {}, undefined, told, { signal: stop.signal });
    expect(err).toMatchObject({ code: "ABORTED" });
    expect((await first)[1]).toBeUndefined();
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(readdirSync(folder)).toEqual(["file.bin"]);
  });

  test("a file of another program that is named like a part stays as it is", async () => {
    writeFileSync(`${file}.part`, "mine");
    expect((await download(file))[1]).toBeUndefined();
    expect(readFileSync(`${file}.part`, "utf8")).toBe("mine");
    expect(readFileSync(file).equals(content)).toBe(true);
  });
});

describe("what is not a regular file is never replaced", () => {
  test("a link stays, what it leads to gets the bytes and keeps its mode", async () => {
    const [target, link] = [path.join(folder, "v1"), path.join(folder, "latest")];
    writeFileSync(target, "old");
    chmodSync(target, 0o640);
    symlinkSync("v1", link);
    expect((await download(link))[1]).toBeUndefined();
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(target).mode & 0o777).toBe(0o640);
    expect(readFileSync(target).equals(content)).toBe(true);
  });

  test("a device stays one", async ({ skip }) => {
    const device = newDevice("null", 3);
    if (device === undefined) return skip("device nodes cannot be made here");
    expect((await download(device))[1]).toBeUndefined();
    expect(lstatSync(device).isCharacterDevice()).toBe(true);
    const full = newDevice("full", 7) as string;
    expect((await download(full))[1]).toMatchObject({ code: "FILE_UNWRITABLE" });
    expect(lstatSync(full).isCharacterDevice()).toBe(true);
  });

  test("a named pipe gets each byte once, also over connections that break", async () => {
    const pipe = path.join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    server.faults = { cutAfter: (start, end, index) => (index < 3 ? Math.ceil((end - start) / 3) : undefined) };
    const [received, [res, err]] = await Promise.all([readerOf(pipe), download(pipe)]);
    expect(err).toBeUndefined();
    expect(res).toMatchObject({ path: pipe, bytes: content.length, etag: server.etag.replaceAll('"', "") });
    expect(received.equals(content)).toBe(true);
    expect(server.seen.length).toBe(4);
  });

  test("a folder and a socket are refused before anything is sent", async () => {
    mkdirSync(file);
    const socket = path.join(folder, "socket");
    const listener = createServer().listen(socket);
    onTestFinished(() => void listener.close());
    for (const target of [file, socket]) expect((await download(target))[1]).toMatchObject({ code: "FILE_UNWRITABLE" });
    expect(server.seen).toEqual([]);
  });

  test.each(["-", "/dev/stdout"])("-o %s is standard output, with nothing of ours in it", async (target) => {
    const { exitCode, stdout } = await runAva(["download", server.url, "-o", target], {}, folder);
    expect(exitCode).toBe(0);
    expect(stdout.equals(content)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("/dev/stdout that is a file goes on where the file is, and is not replaced", () => {
    const sdk = path.resolve("node_modules/.bin/ava-sdk");
    const script = `(echo a; ${sdk} download ${server.url} -o /dev/stdout; echo b) > out`;
    const run = spawn("sh", ["-c", script], { cwd: folder, stdio: "ignore" });
    return new Promise<void>((resolve) => run.once("close", () => resolve())).then(() =>
      expect(readFileSync(path.join(folder, "out")).equals(Buffer.concat([Buffer.from("a\n"), content, Buffer.from("b\n")]))).toBe(true),
    );
  });

  test("a storage and an archive keep to it, too", async () => {
    const storage = await openStorage({ spec: `file:${folder}/store` });
    onTestFinished(() => storage.close());
    const [source, pipe] = [path.join(folder, "weights"), path.join(folder, "pipe")];
    writeFileSync(source, "weights");
    execFileSync("mkfifo", [pipe]);
    await storage.put(source, "k");
    symlinkSync("linked", path.join(folder, "link"));
    await storage.get("k", path.join(folder, "link"));
    expect([lstatSync(path.join(folder, "link")).isSymbolicLink(), readFileSync(path.join(folder, "linked"), "utf8")]).toEqual([
      true,
      "weights",
    ]);
    await expect(storage.get("k", pipe)).rejects.toMatchObject({ code: "FILE_UNWRITABLE" });
    await expect(compress.tarFiles([source], pipe)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    await compress.tarFiles([source], path.join(folder, "a.tar.gz"));
    mkdirSync(path.join(folder, "to"));
    execFileSync("mkfifo", [path.join(folder, "to/weights")]);
    await expect(compress.untarFile(path.join(folder, "a.tar.gz"), path.join(folder, "to"))).rejects.toMatchObject({
      code: "ARCHIVE_UNREADABLE",
    });
    expect([lstatSync(pipe).isFIFO(), lstatSync(path.join(folder, "to/weights")).isFIFO()]).toEqual([true, true]);
  });
});

describe("uploads", () => {
  test("a pipe is refused at once, by every way", async () => {
    const pipe = path.join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const { exitCode, stderr } = await runAva(["upload", pipe, "k", "--storage", `file:${folder}/store`], {});
    expect([exitCode, stderr.toString()]).toEqual([1, expect.stringContaining("not a regular file")]);
    await expect(compress.tarFiles([pipe], path.join(folder, "a.tar"))).rejects.toThrow("not a regular file");
  });

  test("the address that upload prints downloads the object, whatever is in its key; a file of /proc is whole", async () => {
    const keys = { accessKey: "test-access-key", secretKey: "test-secret-key" };
    const emulator = await startEmulator({ data: path.join(folder, "kodo"), ...keys, buckets: ["train"] });
    onTestFinished(() => emulator.close());
    const env = { AVA_ACCESS_KEY: keys.accessKey, AVA_SECRET_KEY: keys.secretKey, AVA_WORKSPACE: path.join(folder, "ws") };
    const endpoint = ["--endpoint", `http://${emulator.host}`];
    for (const key of ["q?x=1", "c#1", "100%", "%3F%23", "a b/图 片?.bin"]) {
      writeFileSync(file, key);
      const stored = await runAva(["upload", file, key, "--bucket", "train", "--json", ...endpoint], env);
      const { url } = JSON.parse(stored.stdout.toString()) as { url: string };
      rmSync(file);
      expect((await runAva(["download", url, "-o", file, ...endpoint], env)).exitCode).toBe(0);
      expect(readFileSync(file, "utf8")).toBe(key);
    }
    await runAva(["upload", "/proc/filesystems", "proc", "--bucket", "train", ...endpoint], env);
    await runAva(["download", "qiniu:///train/proc", "-o", file, ...endpoint], env);
    expect(readFileSync(file, "utf8")).toBe(readFileSync("/proc/filesystems", "utf8"));
  });
});
