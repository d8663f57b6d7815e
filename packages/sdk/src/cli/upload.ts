import { Command } from "commander";
import { AvaError } from "../place/error.js";
import { resolveSettings } from "../place/settings/settings.js";
import { findWorkspace } from "../place/workspace/find-workspace.js";
import { openStorage } from "../storage/open-storage.js";
import { failUsage } from "./options.js";
import { createProgressLine, formatBytes } from "./progress-line.js";

interface UploadFlags {
  bucket?: string;
  storage?: string;
  endpoint?: string;
  workspace?: string;
  json?: true;
}

/** Failures that another command line would not have. */
const USAGE_CODES: readonly string[] = ["STORAGE_INVALID", "CREDENTIALS_MISSING", "KEY_INVALID", "STORAGE_PEER_MISSING"];

/** @returns the command `ava-sdk upload` */
export function buildUploadCommand(): Command {
  return new Command("upload")
    .description("Upload a file; an upload to Kodo that was broken off goes on where it ended.")
    .argument("<file>", "file that is no longer written")
    .argument("<key>", "name in the storage; an object that has it is replaced")
    .option("--bucket <name>", "bucket of Kodo (AVA_BUCKET, config/user)")
    .option("--storage <spec>", "kodo:BUCKET, s3:BUCKET/prefix?endpoint=URL or file:/path (AVA_STORAGE)")
    .option("--endpoint <url>", "where to ask for a bucket's hosts; default: the public cloud of Qiniu")
    .option("--workspace <folder>", "workspace, whose config/user may hold the keys (AVA_ACCESS_KEY, AVA_SECRET_KEY)")
    .option("--json", "print the facts of the object as JSON")
    .action(upload);
}

async function upload(file: string, key: string, flags: UploadFlags): Promise<void> {
  const tell = (message: string) => void process.stderr.write(`ava-sdk: ${message}\n`);
  const { storage: settings } = resolveSettings({ storage: flags.storage }, findWorkspace(flags.workspace), tell);
  const progress = createProgressLine();
  try {
    const storage = await openStorage({ ...settings, spec: specOf(settings.spec, flags) });
    try {
      const stored = await storage.put(file, key, { onProgress: ({ bytes, totalBytes }) => progress.tell(bytes, totalBytes) });
      progress.clear();
      process.stdout.write(`${flags.json ? JSON.stringify(stored) : `${stored.url}: ${formatBytes(stored.bytes)}, ${stored.hash}`}\n`);
    } finally {
      storage.close();
    }
  } catch (error) {
    progress.clear();
    if (!(error instanceof AvaError)) throw error;
    if (USAGE_CODES.includes(error.code)) failUsage(error.message);
    tell(error.message);
    process.exitCode = 1;
  }
}

/** A bucket or an endpoint of the command line means Kodo; what it leaves open is as the settings say. */
function specOf(spec: string, { bucket, endpoint, storage }: UploadFlags): string {
  if (bucket === undefined && endpoint === undefined) return spec;
  if (storage !== undefined && bucket !== undefined) failUsage("give --bucket or --storage, not both");
  const [, knownBucket, knownEndpoint] = /^kodo:([^?]+)(?:\?endpoint=(.*))?$/.exec(spec) ?? [];
  const name = bucket ?? knownBucket;
  if (name === undefined) failUsage("name a bucket with --bucket");
  const host = endpoint ?? knownEndpoint;
  return `kodo:${name}${host === undefined ? "" : `?endpoint=${host}`}`;
}
