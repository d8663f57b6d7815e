import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type KodoEmulator, startEmulator } from "ava-kodo-emulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ContentServer, patternOf } from "../processes/content-server.js";
import { repositoryPath } from "../processes/paths.js";
import { agentsOf, pythonEnvironment, startPython } from "../processes/python.js";
import { findPython } from "./interpreters.js";

const keys = { accessKey: "python-test-ak", secretKey: "python-test-sk" };
const large = patternOf(9 * 1024 * 1024 + 7, 3);
const folder = mkdtempSync(path.join(tmpdir(), "ava-python-transfer-"));
let emulator: KodoEmulator;
let server: ContentServer;

beforeAll(async () => {
  emulator = await startEmulator({ data: path.join(folder, "kodo"), ...keys, buckets: ["train-data"] });
  server = await ContentServer.start(patternOf(5 * 1024 * 1024));
});

afterAll(async () => {
  server.close();
  await emulator.close();
  rmSync(folder, { recursive: true });
});

for (const version of ["2.7", "3.6", "3.13"]) {
  const python = findPython(version);
  const note = python ? "" : "; NOT TESTED: it is not installed here";
  test.skipIf(!python)(`Python ${version} uploads, downloads and fetches by a real agent${note}`, async () => {
    const workspace = path.join(folder, version);
    mkdirSync(workspace);
    writeFileSync(path.join(workspace, "source"), large);
    server.faults = { statuses: [] };
    server.faults.before = (_, request) => {
      if (request.url?.endsWith("/storm") && server.seen.filter(({ url }) => url.endsWith("/storm")).length < 3) {
        server.faults.statuses = [{ status: 503 }];
      }
    };
    server.seen.length = 0;
    const env = pythonEnvironment(workspace, { AVA_STORAGE: `kodo:train-data?endpoint=http://${emulator.host}` });
    const program = repositoryPath("tests/python/programs/transfer.py");
    const args = [program, server.url, workspace, keys.accessKey, keys.secretKey];
    const { exitCode, stdout, stderr } = await startPython(args, env, python).result;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    for (const pid of agentsOf(workspace)) process.kill(pid);
    const { length } = server.content;
    const ok = (bytes: number) => ({ code: 200, length: bytes, err: null, status: null });
    const failed = (status: number, err: unknown) => ({ code: null, length: null, err, status });
    expect(JSON.parse(stdout)).toEqual({
      upload: null,
      wrongKey: expect.stringContaining("401"),
      huge: null,
      isSame: true,
      progress: [true, 1],
      missingHuge: expect.stringContaining("404"),
      private: ok(large.length),
      missing: failed(404, expect.stringContaining("404")),
      parsed: ["dir/large.bin", "none"].map((key) => [`http://${emulator.host}/${key}`, emulator.host]),
      plain: ok(length),
      tooLarge: failed(599, expect.stringContaining("10")),
      retried: ok(length),
      refused: failed(599, expect.stringContaining("HTTP 599")),
      domains: [expect.any(Array), null],
      unsigned: [401, 401],
      async: Array.from({ length: 10 }, (_, k) => [200, k, { k }]),
    });
    expect(server.seen.filter(({ headers }) => headers["x-test"] === "yes")).toHaveLength(1);
    expect(server.seen.filter(({ url }) => url.endsWith("/storm"))).toHaveLength(3);
    expect(readdirSync(path.join(workspace, "tmp")).filter((name) => name.startsWith("ava-fetch-"))).toEqual([]);
  });
}
