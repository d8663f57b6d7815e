import type { InstanceDetail, TrainingParams } from "ava-protocol";
import { AvaError } from "../../place/error.js";
import type { FetchedParams } from "../../place/params/fetched-params.js";
import type { Settings } from "../../place/settings/settings.js";

/** Longest wait of a run's start for the platform's params, in milliseconds. */
const ASK_MS = 2000;

/** Params that an instance has on the platform. */
export type InstanceParams = Pick<InstanceDetail, "paramsText" | "paramsRevision" | "paramsFrom">;

/** What the platform has for a run that starts; absent where it has nothing. */
export interface PlatformParams {
  instance?: InstanceParams;
  training?: FetchedParams;
}

/**
 * Asks the platform which params it has for a run, for two seconds at most.
 *
 * @param settings - training, id of the instance where one was named, platform
 * @returns what it has
 * @throws AvaError PLATFORM_UNREACHABLE, PLATFORM_REFUSED
 */
export async function askParams(settings: Settings): Promise<PlatformParams> {
  const { training, trainingInsId: id } = settings;
  const [instance, ofTraining] = await Promise.all([
    id === undefined ? undefined : askAtStart<InstanceDetail>(`/v1/instances/${encodeURIComponent(id)}`, settings),
    askAtStart<TrainingParams>(`/v1/trainings/${encodeURIComponent(training)}/params`, settings),
  ]);
  return { ...(instance === undefined ? {} : { instance }), ...(ofTraining === undefined ? {} : { training: ofTraining }) };
}

/**
 * Asks the platform for something that the start of a run waits for: two seconds at most.
 *
 * @param route - its route
 * @param settings - the platform
 * @returns the JSON of the answer; `undefined` where it is not there
 * @throws AvaError PLATFORM_UNREACHABLE, PLATFORM_REFUSED
 */
export async function askAtStart<Answer>(route: string, settings: Settings): Promise<Answer | undefined> {
  // The HTTP client is loaded only by runs that ask.
  const { askPlatform, isAbsent } = await import("../../ship/ask-platform.js");
  const signal = AbortSignal.timeout(ASK_MS);
  let text: string;
  try {
    text = await (await askPlatform(route, settings, { signal })).text();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    if (signal.aborted) throw new AvaError("PLATFORM_UNREACHABLE", `platform ${settings.platformUrl} does not answer within ${ASK_MS} ms`);
    throw error;
  }
  try {
    return JSON.parse(text) as Answer;
  } catch (cause) {
    throw new AvaError("PLATFORM_REFUSED", `${settings.platformUrl} answers something else than a platform of AVA`, { cause });
  }
}
