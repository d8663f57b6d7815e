import type { ErrorBody } from "ava-protocol";
import { AvaError } from "../place/error.js";
import type { Settings } from "../place/settings/settings.js";

/**
 * Asks the platform for something.
 *
 * @param route - route and query: `/v1/instances?limit=20`
 * @param settings - where the platform is, and the token it may want
 * @param signal - ends the request
 * @param post - JSON to POST; default: a GET
 * @returns the answer, its status 200
 * @throws AvaError PLATFORM_UNREACHABLE, PLATFORM_REFUSED
 */
export async function askPlatform(
  route: string,
  { platformUrl, token }: Pick<Settings, "platformUrl" | "token">,
  signal?: AbortSignal,
  post?: unknown,
): Promise<Response> {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  if (post !== undefined) headers["content-type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(platformUrl + route, {
      headers,
      ...(signal ? { signal } : {}),
      ...(post === undefined ? {} : { method: "POST", body: JSON.stringify(post) }),
    });
  } catch (cause) {
    const reason = ((cause as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? (cause as Error).message;
    const advice = "start it, or name another with --platform or AVA_PLATFORM_URL";
    throw new AvaError("PLATFORM_UNREACHABLE", `platform ${platformUrl} cannot be reached (${reason}); ${advice}`, { cause });
  }
  if (answer.ok) return answer;
  const body = (await answer.json().catch(() => undefined)) as ErrorBody | undefined;
  throw new AvaError("PLATFORM_REFUSED", `platform ${platformUrl}: ${body?.error?.message ?? `HTTP ${answer.status}`}`);
}
