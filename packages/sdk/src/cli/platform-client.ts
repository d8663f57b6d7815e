import { askPlatform } from "../platform/ask-platform.js";
import { resolveSettings } from "../settings/settings.js";
import { findWorkspace } from "../workspace/find-workspace.js";

/**
 * Asks the platform that a command line names for something.
 *
 * @param route - route and query: `/v1/instances?limit=20`
 * @param platformUrl - value of `--platform`
 * @param post - JSON to POST; default: a GET
 * @returns the answer, its status 200
 * @throws AvaError PLATFORM_UNREACHABLE, PLATFORM_REFUSED
 */
export function askNamedPlatform(route: string, platformUrl?: string, post?: unknown): Promise<Response> {
  const settings = resolveSettings({ platformUrl }, findWorkspace(), (message) => void process.stderr.write(`ava-sdk: ${message}\n`));
  return askPlatform(route, settings, undefined, post);
}
