import { instanceIdOf } from "ava-dialects";
import type { InstanceDetail } from "ava-protocol";
import { AvaError } from "../place/error.js";
import type { Settings } from "../place/settings/settings.js";
import { askPlatform, isAbsent } from "../ship/ask-platform.js";
import type { SourceRun } from "./source.js";

const TWICE = "and its values would be there twice";

/**
 * Says why a run is not imported: what its client has logged to the platform itself would be there twice.
 *
 * @param run - of another tracker
 * @param settings - names the platform
 * @returns the reason; `undefined` where it may be imported
 */
export async function whyLoggedBefore(run: SourceRun, settings: Settings): Promise<string | undefined> {
  if (run.client === undefined) return undefined;
  try {
    const answer = await askPlatform(`/v1/instances/${instanceIdOf(run.key)}`, settings);
    const { client, mainInstance } = JSON.parse(await answer.text()) as InstanceDetail;
    if (client) return `${client.dialect} has logged it to the platform itself, ${TWICE}; add what is missing with: ${run.client.sync}`;
    return mainInstance === undefined ? undefined : `ava-sdk run has recorded it, ${TWICE}; add what is missing with: ava-sdk sync`;
  } catch (error) {
    if (!(error instanceof AvaError)) throw error;
    if (isAbsent(error) || !run.client.hasSent) return undefined;
    return `its client may have logged it to the platform itself, which cannot be asked now: ${error.message}`;
  }
}
