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
    const { client, mainInstance } = await known(instanceIdOf(run.key), settings);
    if (client) return `${client.dialect} has logged it to the platform itself, ${TWICE}; add what is missing with: ${run.client.sync}`;
    if (mainInstance === undefined && !(await hasJoined(run, settings))) return undefined;
    return `ava-sdk run has recorded it, ${TWICE}; add what is missing with: ava-sdk sync`;
  } catch (error) {
    if (!(error instanceof AvaError)) throw error;
    if (!run.client.hasSent) return undefined;
    return `its client may have logged it to the platform itself, which cannot be asked now: ${error.message}`;
  }
}

async function known(id: string, settings: Settings): Promise<Partial<InstanceDetail>> {
  try {
    const answer = await askPlatform(`/v1/instances/${id}`, settings);
    return JSON.parse(await answer.text()) as InstanceDetail;
  } catch (error) {
    if (error instanceof AvaError && isAbsent(error)) return {};
    throw error;
  }
}

/** The first run of a client below `ava-sdk run` is the instance of the command, which has an id of its own. */
async function hasJoined({ key, client }: SourceRun, settings: Settings): Promise<boolean> {
  if (client?.hasSent !== true) return false;
  const answer = await askPlatform(`/v1/instances?columns=id&filter=${encodeURIComponent(client.joined)}`, settings);
  const { instances } = JSON.parse(await answer.text()) as { instances: { id: string }[] };
  return instances.some(({ id }) => !id.startsWith(`${key.dialect}-`));
}
