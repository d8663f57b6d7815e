import { Refusal } from "./answer.js";
import { type Account, isSame, signatureOf } from "./signatures.js";

/** The fields of an upload policy that the emulator acts on. */
export interface UploadPolicy {
  scope: string;
  deadline: number;
  isPrefixalScope?: number;
  insertOnly?: number;
  returnBody?: string;
  saveKey?: string;
  forceSaveKey?: boolean;
  fsizeMin?: number;
  fsizeLimit?: number;
  mimeLimit?: string;
  callbackUrl?: string;
}

/**
 * Reads and checks an upload token.
 *
 * @param account - the account
 * @param token - `<ak>:<sign>:<policy>`
 * @param nowMs - the emulator's clock
 * @returns its policy
 * @throws Refusal 401 when it is missing, wrong or out of date; 400 for a policy that can't be read or asks for what isn't emulated
 */
export function checkUploadToken(account: Account, token: string | undefined, nowMs: number): UploadPolicy {
  if (!token) throw new Refusal(401, "no token");
  const encoded = token.slice(token.lastIndexOf(":") + 1);
  if (!isSame(token, `${signatureOf(account, encoded)}:${encoded}`)) throw new Refusal(401, "bad token");
  let policy: UploadPolicy;
  try {
    policy = JSON.parse(Buffer.from(encoded, "base64url").toString()) as UploadPolicy;
  } catch {
    throw new Refusal(400, "the policy is not JSON");
  }
  if (typeof policy.scope !== "string" || typeof policy.deadline !== "number")
    throw new Refusal(400, "the policy needs scope and deadline");
  if (policy.deadline * 1000 <= nowMs) throw new Refusal(401, "token out of date");
  if (policy.callbackUrl) throw new Refusal(400, "this emulator makes no callbacks");
  return policy;
}

/** @param policy - a checked policy @returns the bucket of its scope */
export function bucketOf(policy: UploadPolicy): string {
  return policy.scope.split(":", 1)[0] ?? "";
}

/**
 * @param policy - a checked policy
 * @param key - the key that the client wants; `undefined` where it names none
 * @throws Refusal 403 when the scope does not cover it
 */
export function checkScope(policy: UploadPolicy, key: string | undefined): void {
  const colon = policy.scope.indexOf(":");
  if (colon === -1) return;
  const scoped = policy.scope.slice(colon + 1);
  const isCovered = policy.isPrefixalScope ? key?.startsWith(scoped) : key === undefined || key === scoped;
  if (!isCovered) throw new Refusal(403, "key doesn't match scope");
}

/** @param policy - a checked policy @returns whether an object that exists may be replaced by other content */
export function mayReplace(policy: UploadPolicy): boolean {
  return policy.scope.includes(":") && !policy.isPrefixalScope && !policy.insertOnly;
}
