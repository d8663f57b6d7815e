import type { ErrorBody } from "ava-protocol";
import { AvaError } from "../error.js";
import { resolveSettings } from "../settings/settings.js";
import { findWorkspace } from "../workspace/find-workspace.js";

/**
 * Asks the platform for something, as commands that only read do.
 *
 * @param route - route and query: `/v1/instances?limit=20`
 * @param platformUrl - value of `--platform`
 * @returns the answer, its status 200
 * @throws AvaError PLATFORM_UNREACHABLE, PLATFORM_REFUSED
 */
export async function askPlatform(route: string, platformUrl?: string): Promise<Response> {
  const settings = resolveSettings({ platformUrl }, findWorkspace(), (message) => void process.stderr.write(`ava-sdk: ${message}\n`));
  const headers: Record<string, string> = settings.token ? { authorization: `Bearer ${settings.token}` } : {};
  let answer: Response;
  try {
    answer = await fetch(settings.platformUrl + route, { headers });
  } catch (cause) {
    const reason = ((cause as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? (cause as Error).message;
    throw new AvaError(
      "PLATFORM_UNREACHABLE",
      `platform ${settings.platformUrl} cannot be reached (${reason}); start it, or name another with --platform`,
      {
        cause,
      },
    );
  }
  if (answer.ok) return answer;
  const body = (await answer.json().catch(() => undefined)) as ErrorBody | undefined;
  throw new AvaError("PLATFORM_REFUSED", `platform ${settings.platformUrl}: ${body?.error?.message ?? `HTTP ${answer.status}`}`);
}
