import { Option } from "commander";
import { AvaError } from "../place/error.js";
import { resolveSettings } from "../place/settings/settings.js";
import { findWorkspace } from "../place/workspace/find-workspace.js";
import { type Asked, askPlatform, type PlatformAnswer } from "../ship/ask-platform.js";

/**
 * Asks the platform that a command line names for something.
 *
 * @param route - route and query: `/v1/instances?limit=20`
 * @param platformUrl - value of `--platform`
 * @param asked - how; default: a GET
 * @returns the answer, its status 200
 * @throws AvaError PLATFORM_UNREACHABLE, PLATFORM_REFUSED
 */
export function askNamedPlatform(route: string, platformUrl?: string, asked?: Asked): Promise<PlatformAnswer> {
  const settings = resolveSettings({ platformUrl }, findWorkspace(), (message) => void process.stderr.write(`ava-sdk: ${message}\n`));
  return askPlatform(route, settings, asked);
}

/** @returns the option that names the platform */
export function platformOption(): Option {
  return new Option("--platform <url>", "platform (AVA_PLATFORM_URL, default http://127.0.0.1:5660)");
}

/**
 * Does the work of a command; what fails on purpose is told in one line, and the exit code is 1.
 *
 * @param work - the work; a reader of its output that goes away ends it quietly
 */
export async function failing(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EPIPE") return;
    if (!(error instanceof AvaError)) throw error;
    process.stderr.write(`ava-sdk: ${error.message}\n`);
    process.exitCode = 1;
  }
}
