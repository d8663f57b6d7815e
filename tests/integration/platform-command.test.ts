import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../processes/platform.js";

const BIN = fileURLToPath(new URL("../../packages/platform/bin/ava-platform.js", import.meta.url));

function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ava-platform-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function run(args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [BIN, ...args], { encoding: "utf8", timeout: 60_000 });
}

async function start(
  args: string[],
  environment: Record<string, string> = {},
): Promise<{ output: () => string; url: string; end: (signal: NodeJS.Signals) => Promise<number | null> }> {
  const child = spawn(process.execPath, [BIN, "--port", "0", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  child.stdout.setEncoding("utf8");
  while (!/http:\S+\n/.test(output)) output += String((await once(child.stdout, "data"))[0]);
  child.stdout.on("data", (text: string) => (output += text));
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    await once(child, "close");
    return child.exitCode;
  };
  return { output: () => output, url: /http:\S+/.exec(output)![0], end };
}

test.each(["SIGTERM", "SIGINT"] as const)("prints one line with its address, and ends with 0 at %s", async (signal) => {
  const dataDir = join(testFolder(), "made", "on", "the", "way");
  const platform = await start(["--data", dataDir]);
  expect(platform.output()).toMatch(/^ava-platform listens on http:\/\/127\.0\.0\.1:\d+\n$/);
  expect((await fetch(`${platform.url}/healthz`)).status).toBe(200);
  expect(await platform.end(signal)).toBe(0);
  expect(existsSync(join(dataDir, "store.db"))).toBe(true);
  expect(existsSync(join(dataDir, "lock"))).toBe(false);
});

test("an open live stream does not keep it from ending", async () => {
  const platform = await start(["--data", testFolder()]);
  const stream = await fetch(`${platform.url}/v1/live`);
  expect(await platform.end("SIGTERM")).toBe(0);
  await stream.text().catch(() => "cut off");
});

test("it goes on when the reader of what it prints has gone, and so does a command", async () => {
  const dataDir = join(testFolder(), "data");
  const port = await freePort();
  const child = spawn(process.execPath, [BIN, "--port", String(port), "--data", dataDir], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdout.destroy();
  child.stderr.destroy();
  const url = `http://127.0.0.1:${port}/healthz`;
  // It listens, and prints so after that: what this did to it shows from the second answer on.
  const answered = (): Promise<void> => vi.waitFor(async () => expect((await fetch(url)).status).toBe(200), { timeout: 30_000 });
  await answered();
  const ended = once(child, "close");
  await answered();
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  const checking = spawn(process.execPath, [BIN, "check", "--data", dataDir], { stdio: ["ignore", "pipe", "pipe"] });
  checking.stdout.destroy();
  let errors = "";
  checking.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  expect([await once(checking, "close"), errors]).toEqual([[0, null], ""]);
});

test("a taken port is one message that says what to do", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const { status, stdout, stderr } = run(["--port", String(port), "--data", testFolder()]);
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^ava-platform: Port \d+ on 127\.0\.0\.1 is taken\. .*--port.*\n$/);
});

test("an address of another machine is one message that says what to do", () => {
  const { status, stderr } = run(["--port", "0", "--data", testFolder(), "--host", "192.0.2.250"]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^ava-platform: The platform cannot listen on port 0 of 192\.0\.2\.250 .*--host.*\n$/);
});

test("a data folder that cannot be is one message that says what to do", () => {
  const file = join(testFolder(), "file");
  writeFileSync(file, "");
  const { status, stderr } = run(["--port", "0", "--data", file]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^ava-platform: The data folder .* cannot be written .*--data\.\n$/);
});

test("a second platform on the same folder is refused", async () => {
  const dataDir = testFolder();
  await start(["--data", dataDir]);
  const { status, stderr } = run(["--port", "0", "--data", dataDir]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/is open in the process \d+/);
});

test.each([[["--port", "x"]], [["--prot", "1"]], [["--sync", "often"]], [["extra"]], [["--database", "postgres://x"]]])(
  "%j is a mistake of usage",
  (args) => {
    const { status, stdout, stderr } = run(args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).not.toBe("");
  },
);

test("--help and --version print and end", () => {
  expect(run(["--help"])).toMatchObject({ status: 0, stdout: expect.stringContaining("--data <folder>") });
  expect(run(["--version"])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

test("on another address a token is made, shown once, needed, and the address is one that a browser can open", async () => {
  const dataDir = testFolder();
  const platform = await start(["--host", "0.0.0.0", "--data", dataDir]);
  await vi.waitFor(() => expect(platform.output()).toMatch(/token, shown this once: [a-z0-9]{40}\n/), 10_000);
  const [, token] = /shown this once: (\S+)/.exec(platform.output())!;
  expect(new URL(platform.url).hostname).not.toBe("0.0.0.0");
  expect((await fetch(`${platform.url}/v1/trainings`)).status).toBe(401);
  expect((await fetch(`${platform.url}/v1/trainings`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  await platform.end("SIGTERM");
  const again = await start(["--host", "0.0.0.0", "--data", dataDir]);
  expect((await fetch(`${again.url}/v1/trainings`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  expect(again.output()).not.toContain(token!);
  expect(run(["token", "--data", dataDir])).toMatchObject({ status: 0, stdout: `${token}\n` });
  const renewed = run(["token", "--data", dataDir, "--renew"]).stdout.trim();
  expect(renewed).toMatch(/^[a-z0-9]{40}$/);
  expect(renewed).not.toBe(token);
});

test.each([
  ["a file", ["--token-file", "FILE"], {}],
  ["its variable", [], { AVA_PLATFORM_TOKEN: "the-chosen-token" }],
])("a chosen token is taken from %s, where ps does not show it", async (_what, args, environment) => {
  const folder = testFolder();
  writeFileSync(join(folder, "token.txt"), "the-chosen-token\n");
  const given = args.map((arg) => arg.replace("FILE", join(folder, "token.txt")));
  const platform = await start(["--data", folder, ...given], environment);
  expect((await fetch(`${platform.url}/v1/trainings`)).status).toBe(401);
  expect((await fetch(`${platform.url}/v1/trainings`, { headers: { authorization: "Bearer the-chosen-token" } })).status).toBe(200);
});

test.each([
  ["a short token", ["--token", "short"], /^ava-platform: The token has 5 characters, and at least 12 are needed\. .*\n$/],
  ["an empty token", ["--token", ""], /^ava-platform: The token has 0 characters/],
  ["a token twice", ["--token", "the-chosen-token", "--token-file", "x"], /cannot be used with/],
  [
    "no such file of the token",
    ["--token-file", "/nowhere/token"],
    /^ava-platform: The file \/nowhere\/token of --token-file cannot be read: ENOENT\.\n$/,
  ],
  ["half a key pair", ["--ava-key", "only"], /is not ACCESS_KEY:SECRET_KEY/],
  ["a proxy that is none", ["--trusted-proxy", "10.0.0.0/99"], /neither an address nor a network/],
])("%s is refused at the start, and it is said what to do", (_what, args, message) => {
  const { status, stdout, stderr } = run(["--port", "0", "--data", testFolder(), ...args]);
  expect([status, stdout, stderr]).toEqual([2, "", expect.stringMatching(message)]);
});
