import { join } from "node:path";
import type { SharedCounts } from "./attempt-limit.js";
import { type EndedSessions, EndedSessionsFile } from "./ended-sessions.js";
import { keptSecret } from "./secret-file.js";
import { keptToken } from "./token-file.js";

/** What has to outlive a platform's process to let requests in, and to be the same for all of its replicas. */
export interface AccessKeep {
  /** Signs sessions, links, upload tickets and the ids of old clients. */
  readonly secret: Buffer;
  /** Sessions that were logged out. */
  readonly ended: EndedSessions;
  /** @returns the token of a platform that was started without one, and whether it was made now. @throws PlatformError `data_dir_unusable` */
  token(): { token: string; isNew: boolean };
  /** @param kind - of attempts @returns what replicas tell each other of wrong ones; `undefined` where a process is alone */
  attempts(kind: string): SharedCounts | undefined;
}

/**
 * @param dataDir - data folder, exists
 * @param now - milliseconds since 1970
 * @param warn - told what cannot be kept
 * @returns what one process keeps in its folder
 */
export function folderKeep(dataDir: string, now: () => number, warn: (message: string) => void): AccessKeep {
  return {
    secret: keptSecret(dataDir, warn),
    ended: new EndedSessionsFile(join(dataDir, "ended-sessions.json"), now, warn),
    token: () => keptToken(dataDir),
    attempts: () => undefined,
  };
}
