import { homedir } from "node:os";
import { TENSORBOARD } from "ava-dialects";
import { DEFAULT_TRAINING } from "ava-protocol";
import type { Notices } from "../place/notices/notices.js";
import type { Settings } from "../place/settings/settings.js";
import { absolutePath } from "../place/workspace/find-workspace.js";
import { chooseRedirects, newToken, redirectVariables } from "../tap/redirect.js";
import { Tap } from "../tap/tap.js";

/** What of a run its tap must know. */
export interface TappedRun {
  command: readonly string[];
  /** Prepared workspace. */
  workspace: string;
  settings: Settings;
  /** Display name that the user gave. */
  name?: string;
  /** Whose clients are pointed at the tap; default: none. */
  dialects?: "auto" | readonly string[];
  /** Folders in which the command writes event files of TensorBoard, besides those that it has open. */
  eventFolders?: readonly string[];
  notices: Notices;
}

/** A tap that a run has opened. */
export interface OpenTap {
  /** For the environment of the command. */
  variables: Record<string, string>;
  /** The command has ended. @param deadlineMs - for the rest, in ms since 1970 @returns whether all that came is shipped */
  end(deadlineMs: number): Promise<boolean>;
}

/**
 * Opens the tap for clients of other trackers, if any are to be redirected. Never rejects: without a tap they are left as they are.
 *
 * @param options - of the run
 * @param instanceId - of the wrapped instance
 * @param paramsText - its params
 * @param onJoined - a client's run has joined the wrapped instance
 * @returns the tap
 */
export async function openTap(
  options: TappedRun,
  instanceId: string,
  paramsText: string,
  onJoined: () => void,
): Promise<OpenTap | undefined> {
  const { command, workspace, settings, notices } = options;
  const place = { env: process.env, home: homeFolder(), workingFolder: absolutePath() };
  const { dialects: wanted = [], eventFolders = [] } = options;
  const { dialects, notes } = chooseRedirects(wanted, command, place);
  const isFollowing = eventFolders.length > 0 || wanted.includes(TENSORBOARD) || wanted === "auto";
  for (const note of notes) notices.tell(note);
  if (dialects.length === 0 && !isFollowing) return undefined;
  const { training, platformUrl, token: platformToken } = settings;
  const token = newToken();
  const config = {
    token,
    dialects: dialects.map(({ name }) => name),
    ...(isFollowing ? { eventFolders } : {}),
    startMs: Date.now(),
    workspace,
    instanceId,
    hasName: options.name !== undefined,
    paramsText,
    command,
    workingFolder: place.workingFolder,
    platformUrl,
    ...(training === DEFAULT_TRAINING ? {} : { training }),
    ...(platformToken ? { platformToken } : {}),
  };
  try {
    const tap = await Tap.open(config, {
      onJoined: (dialect) => {
        onJoined();
        notices.tell(`what ${dialect} logs is recorded with this instance`);
      },
      onNotice: (message) => notices.tell(message),
      onWarning: (message) => notices.warn(message),
    });
    return {
      variables: {
        ...(dialects.length === 0 ? {} : redirectVariables(dialects, tap.origin, token, place.env)),
        // By which the tap knows the processes of the command.
        AVA_TAP: token,
      },
      end: async (deadlineMs) => {
        const { isComplete, reason } = await tap.end(deadlineMs);
        if (!isComplete)
          notices.tell(
            `not everything that clients of other trackers logged reached the platform (${reason}); it is kept in ${workspace}/run. Send it with: ava-sdk sync`,
          );
        return isComplete;
      },
    };
  } catch (error) {
    notices.tell(`clients of other trackers are left as they are, since no tap can be opened: ${(error as Error).message}`);
    return undefined;
  }
}

/** A user without an entry has none. */
function homeFolder(): string {
  try {
    return homedir();
  } catch {
    // Then there is no account to be found in it.
    return "/";
  }
}
