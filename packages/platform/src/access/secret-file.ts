import { createHmac, randomBytes } from "node:crypto";
import { join } from "node:path";
import { systemCode } from "../error.js";
import { readPrivateFile, writePrivateFile } from "./token-file.js";

/** Size of the key that signs. */
export const SECRET_BYTES = 32;

/**
 * The secret that a platform signs its sessions and the ids of old clients with: made once, kept in the data folder, so that both outlive a restart.
 *
 * @param dataDir - data folder, exists
 * @param warn - told when it cannot be kept: a full disk must not keep the platform from serving what it has
 * @returns the secret
 * @throws PlatformError `data_dir_unusable` when there is something else in its place
 */
export function keptSecret(dataDir: string, warn: (message: string) => void): Buffer {
  const path = join(dataDir, "secret");
  const kept = Buffer.from(readPrivateFile(path)?.trim() ?? "", "base64url");
  // A file that was cut short must not become a key that can be guessed.
  if (kept.length === SECRET_BYTES) return kept;
  const secret = randomBytes(SECRET_BYTES);
  try {
    writePrivateFile(path, `${secret.toString("base64url")}\n`);
  } catch (error) {
    warn(`${path} cannot be written (${systemCode(error) ?? String(error)}): logins are forgotten when the platform ends.`);
  }
  return secret;
}

/**
 * @param secret - of {@link keptSecret}
 * @param purpose - what the key is for; keys of different purposes tell nothing of each other
 * @returns the key
 */
export function keyFor(secret: Buffer, ...purpose: (string | Buffer)[]): Buffer {
  const hmac = createHmac("sha256", secret);
  for (const part of purpose) hmac.update(part).update("\0");
  return hmac.digest();
}
