import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { uploadToken, urlsafeBase64 } from "ava-sdk/kodo";
import { Uploader } from "ava-sdk/transfer";
import qiniu from "qiniu";
import type { Trial, TrialResult } from "./trial.js";

const BYTES = 1024 ** 3;
const [ACCESS_KEY, SECRET_KEY, BUCKET] = ["bench-access-key", "bench-secret-key", "bench"];
const EMULATOR = fileURLToPath(new URL("../../packages/kodo-emulator/bin/kodo-emulator.js", import.meta.url));

/** A process of its own, as a server is; it hashes all that it gets, which bounds all uploads here. */
function startEmulator(data: string): ChildProcess {
  const flags = ["--port", "0", "--data", data, "--ak", ACCESS_KEY, "--sk", SECRET_KEY, "--bucket", BUCKET];
  return spawn(process.execPath, [EMULATOR, ...flags], { stdio: ["ignore", "pipe", "inherit"] });
}

async function hostOf(emulator: ChildProcess): Promise<string> {
  const [line] = (await once(emulator.stdout as NonNullable<ChildProcess["stdout"]>, "data")) as [Buffer];
  return /http:\/\/(\S+)/.exec(line.toString())?.[1] ?? "";
}

/** @returns megabytes a second */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return BYTES / 1000 / (performance.now() - startMs);
}

async function withUploader(host: string, file: string, records: string): Promise<void> {
  const uploader = new Uploader(ACCESS_KEY, SECRET_KEY, BUCKET, { endpoint: `http://${host}` });
  await uploader.uploadFile(file, "ours", undefined, { recordFolder: records });
  uploader.close();
}

/** One part of 1 GiB: the bytes, and no hash on the client's side. */
async function withCurl(host: string, file: string): Promise<void> {
  const authorization = `UpToken ${uploadToken({ scope: BUCKET }, ACCESS_KEY, SECRET_KEY)}`;
  const base = `http://${host}/buckets/${BUCKET}/objects/${urlsafeBase64("curl")}/uploads`;
  const begun = await fetch(base, { method: "POST", headers: { authorization } });
  const { uploadId } = (await begun.json()) as { uploadId: string };
  const headers = ["-H", `Authorization: ${authorization}`, "-H", "Expect:"];
  await command("curl", "-sSf", "-o", "/dev/null", ...headers, "-T", file, `${base}/${uploadId}/1`);
}

async function command(name: string, ...args: string[]): Promise<void> {
  const child = spawn(name, args, { stdio: ["ignore", "ignore", "inherit"] });
  const [exitCode] = (await once(child, "close")) as [number];
  if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}`);
}

async function withOfficialClient(host: string, file: string, cache: string): Promise<void> {
  Object.assign(qiniu.conf, { UC_HOST: host });
  const config = Object.assign(new qiniu.conf.Config({ useHttpsDomain: false }), { regionsQueryResultCachePath: cache });
  const extra = Object.assign(new qiniu.resume_up.PutExtra(), { version: "v2" });
  const token = uploadToken({ scope: BUCKET }, ACCESS_KEY, SECRET_KEY);
  const { resp } = await new qiniu.resume_up.ResumeUploader(config).putFile(token, "official", file, extra);
  if (resp.statusCode !== 200) throw new Error(`the official client got ${resp.statusCode}`);
}

async function run(): Promise<TrialResult> {
  const folder = await mkdtemp(join(tmpdir(), "ava-bench-upload-"));
  const emulator = startEmulator(join(folder, "data"));
  try {
    const host = await hostOf(emulator);
    const file = join(folder, "file");
    await writeFile(file, Buffer.alloc(BYTES, 7));
    const ours = await timed(() => withUploader(host, file, join(folder, "records")));
    const curled = await timed(() => withCurl(host, file));
    // The same work: the hash to compare with, and the MD5 that goes with the bytes.
    const hashed = await timed(async () => {
      await command("md5sum", file);
      await command("sha1sum", file);
      await withCurl(host, file);
    });
    const official = await timed(() => withOfficialClient(host, file, join(folder, "regions")));
    return {
      figures: [
        { label: "Uploader: hashed, compared, resumable", value: ours, unit: "MB/s" },
        { label: "curl -T: nothing hashed", value: curled, unit: "MB/s" },
        { label: "md5sum, sha1sum and curl -T", value: hashed, unit: "MB/s" },
        { label: "official client, v2", value: official, unit: "MB/s" },
      ],
      ratios: [
        { label: "Uploader / curl", value: ours / curled, goal: 0.3 },
        { label: "Uploader / sums and curl", value: ours / hashed, goal: 0.6 },
        { label: "Uploader / official client", value: ours / official, goal: 1 },
      ],
    };
  } finally {
    emulator.kill();
    await rm(folder, { recursive: true });
  }
}

/** 1 GiB over loopback to the Kodo emulator, against curl and the official client in the same run. */
export const upload: Trial = { name: "upload", run };
