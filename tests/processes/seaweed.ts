// SeaweedFS with its S3 API: a store that none of us wrote, small and quick, which knows conditions (`If-None-Match: *`) and ranges.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { programsOf } from "../python/frameworks.js";
import { waitFor } from "./ava.js";
import { freePort } from "./platform.js";

/** Folder of the programs; `undefined` where they cannot be had: tests on them are then skipped. */
const INSTALLED = programsOf("seaweedfs");

/** Whether the tests on SeaweedFS can run. */
export const HAS_SEAWEED: boolean = INSTALLED !== undefined;

/** Folder of the command `weed`. */
export const SEAWEED_BIN: string = path.join(INSTALLED ?? "", "bin");

/** The account of the store that may do everything. */
export const SEAWEED_ACCOUNT = { accessKey: "seaweed-key", secretKey: "seaweed-test-secret" };

/** One that may only read and list. */
export const SEAWEED_READER = { accessKey: "seaweed-reader", secretKey: "seaweed-reader-secret" };

/** Ends the store once its input ends, which it also does when the process that started it is killed. */
const GUARDED = '"$@" & store=$!; read -r word; kill -KILL $store; wait $store; rm -rf "$FOLDER"';

/** A store on loopback, with all its data in a folder of its own. */
export class SeaweedProcess {
  readonly endpoint: string;
  /** What tells `weed shell` where it is. */
  readonly shellFlags: string;
  private readonly guard: ChildProcess;

  private constructor(endpoint: string, shellFlags: string, guard: ChildProcess) {
    this.endpoint = endpoint;
    this.shellFlags = shellFlags;
    this.guard = guard;
  }

  /** @returns a store that answers */
  static async start(): Promise<SeaweedProcess> {
    const folder = mkdtempSync(path.join(tmpdir(), "ava-seaweed-"));
    const config = path.join(folder, "s3.json");
    const owner = { name: "tests", credentials: [SEAWEED_ACCOUNT], actions: ["Admin", "Read", "Write", "List"] };
    const reader = { name: "reader", credentials: [SEAWEED_READER], actions: ["Read", "List"] };
    writeFileSync(config, JSON.stringify({ identities: [owner, reader] }));
    const ports: string[] = [];
    for (const name of ["master.port", "volume.port", "filer.port", "s3.port"]) {
      ports.push(`-${name}=${await freePort()}`, `-${name}.grpc=${await freePort()}`);
    }
    const s3 = ["-s3", `-s3.config=${config}`, "-s3.port.iceberg=0", "-s3.port.lance=0", "-iam=false"];
    const small = ["-master.volumeSizeLimitMB=64", "-volume.max=100", "-master.telemetry=false"];
    const args = ["server", `-dir=${folder}`, "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", ...s3, ...small, ...ports];
    const weed = path.join(SEAWEED_BIN, "weed");
    const env = { ...process.env, FOLDER: folder };
    const guard = spawn("sh", ["-c", GUARDED, "sh", weed, ...args], { env, stdio: ["pipe", "ignore", "ignore"], detached: true });
    const endpoint = `http://127.0.0.1:${ports.find((port) => port.startsWith("-s3.port="))?.split("=")[1]}`;
    const isUp = (): Promise<boolean> =>
      fetch(`${endpoint}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitFor(isUp, "SeaweedFS to answer", 60_000);
    const [master, masterGrpc, , , filer, filerGrpc] = ports.map((flag) => flag.split("=")[1]);
    return new SeaweedProcess(endpoint, `-master=127.0.0.1:${master}.${masterGrpc} -filer=127.0.0.1:${filer}.${filerGrpc}`, guard);
  }

  /** @param bucket - name of a new one */
  async makeBucket(bucket: string): Promise<void> {
    const { accessKey: accessKeyId, secretKey: secretAccessKey } = SEAWEED_ACCOUNT;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint: this.endpoint, region: "us-east-1", forcePathStyle: true, credentials });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    client.destroy();
  }

  /** Ends it and removes its data. */
  async remove(): Promise<void> {
    const ended = once(this.guard, "exit");
    this.guard.stdin?.end();
    await ended;
  }
}
