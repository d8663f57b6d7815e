import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The token of a platform that was started without one: made once, kept in the data folder, readable by its owner only.
 *
 * @param dataDir - data folder, exists
 * @returns the token, and whether it was made now
 */
export function keptToken(dataDir: string): { token: string; isNew: boolean } {
  const path = join(dataDir, "token");
  if (existsSync(path)) return { token: readFileSync(path, "utf8").trim(), isNew: false };
  const token = randomBytes(24).toString("base64url");
  writeFileSync(path, `${token}\n`, { mode: 0o600, flag: "wx" });
  return { token, isNew: true };
}
