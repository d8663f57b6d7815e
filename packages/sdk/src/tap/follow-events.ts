import { DEFAULT_TRAINING } from "ava-protocol";
import { EventFileFinder } from "../event-files/event-file-finder.js";
import { Descendants } from "./descendants.js";
import { EventFollower } from "./event-follower.js";
import type { Intake } from "./intake.js";
import type { TapConfig } from "./tap-config.js";

/** How often it is looked whether event files have grown, or there are new ones. */
const LOOK_MS = 500;

/**
 * Follows the event files of the command until it is told to stop.
 *
 * @param config - of the tap
 * @param intake - of what they hold
 * @param hasClient - a client of another tracker logs to the same instance
 * @param onNotice - told what goes wrong
 * @returns what reads all that there is now; the last time, too
 */
export function followEvents(
  config: TapConfig,
  { memory }: Intake,
  hasClient: () => boolean,
  onNotice: (message: string) => void,
): (isLast: boolean) => Promise<void> {
  const { eventFolders: folders = [], training = DEFAULT_TRAINING, instanceId, workingFolder, startMs, token } = config;
  const descendants = new Descendants(token);
  const finder = new EventFileFinder({ pids: () => descendants.list(), folders, workingFolder, startMs });
  const follower = new EventFollower({ finder, sink: memory, training, instanceId, workingFolder, hasClient, onNotice });
  let [looking, waiting] = [Promise.resolve(), 0];
  const look = async (isLast: boolean): Promise<void> => {
    waiting += 1;
    looking = looking.then(() => follower.look(isLast));
    await looking;
    waiting -= 1;
  };
  const timer = setInterval(() => {
    if (waiting === 0) void look(false);
  }, LOOK_MS);
  return async (isLast) => {
    await look(true);
    if (!isLast) return;
    clearInterval(timer);
    await follower.end();
  };
}
