import { Command } from "commander";
import { resolveSettings } from "../place/settings/settings.js";
import { findWorkspace } from "../place/workspace/find-workspace.js";
import { resolveTarget } from "../storage/transfer/download/target.js";
import { Fetcher } from "../storage/transfer/fetch/fetcher.js";
import { isQiniuUrl, splitQiniuUrl } from "../storage/transfer/fetch/qiniu-url.js";
import { failUsage } from "./options.js";
import { createProgressLine, formatBytes } from "./progress-line.js";

interface DownloadFlags {
  output?: string;
  fromKodo?: true;
  endpoint?: string;
  workspace?: string;
  json?: true;
}

/** @returns the command `ava-sdk download` */
export function buildDownloadCommand(): Command {
  return new Command("download")
    .description("Download to a file; a download that was broken off goes on where it ended.")
    .argument("<url>", "http://, https:// or qiniu:// address")
    .option("-o, --output <file>", "file, pipe or device to write, - for standard output; default: the last part of the address")
    .option("--from-kodo", "connect to Kodo's source site instead of the address's host")
    .option("--endpoint <url>", "where to ask for a bucket's domains; default: the public cloud of Qiniu")
    .option("--workspace <folder>", "workspace, whose config/user may hold the keys (AVA_ACCESS_KEY, AVA_SECRET_KEY)")
    .option("--json", "print the facts of the download as JSON")
    .action(download);
}

async function download(url: string, flags: DownloadFlags): Promise<void> {
  const tell = (message: string) => void process.stderr.write(`ava-sdk: ${message}\n`);
  const file = flags.output === "-" ? "/dev/stdout" : (flags.output ?? nameIn(url));
  const { storage } = resolveSettings({}, findWorkspace(flags.workspace), tell);
  using fetcher = new Fetcher({ accessKey: storage.accessKey, secretKey: storage.secretKey, endpoint: flags.endpoint });
  const progress = createProgressLine();
  const [res, err] = await fetcher.fetchHugeFile(url, file, {}, undefined, progress.tell, { fromKodo: flags.fromKodo });
  progress.clear();
  if (err?.code === "REQUEST_INVALID") failUsage(err.message);
  if (err) {
    const isKeyMissing = err.code === "CREDENTIALS_MISSING" || (err.status === 401 && !(storage.accessKey && storage.secretKey));
    tell(isKeyMissing ? `${err.message}. Set AVA_ACCESS_KEY and AVA_SECRET_KEY.` : err.message);
    process.exitCode = 1;
    return;
  }
  const { path, bytes, resumedBytes, etag } = res;
  const resumed = resumedBytes > 0 ? `, ${formatBytes(resumedBytes)} of it from an earlier try` : "";
  // Nothing of ours among what was downloaded.
  const target = await resolveTarget(file);
  const isOnStdout = target.kind === "descriptor" && target.descriptor === 1;
  (isOnStdout ? process.stderr : process.stdout).write(
    `${flags.json ? JSON.stringify({ path, bytes, resumedBytes, etag }) : `${path}: ${formatBytes(bytes)}${resumed}`}\n`,
  );
}

/** @returns the name that the address gives the file; it never leads out of the folder */
function nameIn(url: string): string {
  const last = (text: string) => text.split("/").at(-1) ?? "";
  const name = isQiniuUrl(url) ? last(keyIn(url)) : decode(last(url.replace(/[?#].*$/s, "")));
  if (!url.includes("://") || /^\.{0,2}$|[/\\\0]/.test(name)) failUsage("the address names no file; give one with -o FILE");
  return name;
}

function keyIn(url: string): string {
  try {
    return splitQiniuUrl(url).key;
  } catch (error) {
    failUsage((error as Error).message);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not escaped: taken as it is.
    return text;
  }
}
