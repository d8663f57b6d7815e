import { type Answer, Refusal } from "../answer.js";
import type { KodoRequest } from "../request.js";
import type { Segment } from "../store/object-store.js";
import { bucketOf, checkScope, mayReplace, type UploadPolicy } from "../upload-policy.js";

/** What an upload of any kind ends with. */
export interface FinishedUpload {
  /** Absent where the client names none. */
  key: string | undefined;
  hash: string;
  segments: Segment[];
  mimeType: string | undefined;
  fileName: string;
  /** `x:<name>` and `x-qn-meta-<name>`. */
  variables: Record<string, string>;
  parts?: number[];
  /** Version 1 overwrites where others only add. */
  isOldKind?: boolean;
}

const MAX_KEY_BYTES = 750;

/**
 * Makes the object, if the policy allows it.
 *
 * @param request - the last request of an upload
 * @param policy - of its token
 * @param upload - what arrived
 * @returns hash and key, or what the policy's `returnBody` says
 * @throws Refusal 400, 403, 413, 614
 */
export function makeObject(request: KodoRequest, policy: UploadPolicy, upload: FinishedUpload): Answer {
  const { hash, segments, variables } = upload;
  const bucket = bucketOf(policy);
  const fsize = segments.reduce((sum, { bytes }) => sum + bytes, 0);
  const mimeType = upload.mimeType ?? "application/octet-stream";
  const facts: Record<string, string | number> = { bucket, etag: hash, fsize, mimeType, fname: upload.fileName, ...variables };
  checkScope(policy, upload.key);
  const isKeyMade = policy.saveKey && (policy.forceSaveKey || upload.key === undefined);
  const key = isKeyMade ? fill(policy.saveKey ?? "", facts, String) : (upload.key ?? hash);
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new Refusal(400, `the key has more than ${MAX_KEY_BYTES} bytes`);
  if (policy.fsizeMin !== undefined && fsize < policy.fsizeMin) throw new Refusal(403, "file is smaller than fsizeMin");
  if (policy.fsizeLimit !== undefined && fsize > policy.fsizeLimit) throw new Refusal(413, "file is larger than fsizeLimit");
  if (policy.mimeLimit && !isMimeAllowed(policy.mimeLimit, mimeType)) throw new Refusal(403, "MIME type is not allowed");
  const existing = request.stores.objects.get(bucket, key);
  const overwrites = mayReplace(policy) || (upload.isOldKind && !policy.insertOnly);
  if (existing && existing.hash !== hash && !overwrites) throw new Refusal(614, "file exists");
  const metadata = Object.fromEntries(Object.entries(variables).filter(([name]) => name.startsWith("x-qn-meta-")));
  const putTime = request.nowMs * 10_000;
  const { parts } = upload;
  request.stores.objects.put(bucket, { key, hash, fsize, mimeType, putTime, segments, metadata, ...(parts ? { parts } : {}) });
  if (!policy.returnBody) return { status: 200, json: { hash, key } };
  const body = Buffer.from(fill(policy.returnBody, { ...facts, key }, JSON.stringify));
  return { status: 200, headers: { "content-type": "application/json", "content-length": body.length }, body: oneOf(body) };
}

async function* oneOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

/** Replaces `$(name)`; inside quotes of its own a text keeps to them. */
function fill(template: string, facts: Record<string, string | number>, quote: (value: string) => string): string {
  return template.replaceAll(/("?)\$\(([^)]+)\)("?)/g, (_all, before: string, name: string, after: string) => {
    const value = facts[name] ?? "";
    if (typeof value === "number") return before + value + after;
    return quote === String || (before && after) ? before + JSON.stringify(value).slice(1, -1) + after : before + quote(value) + after;
  });
}

function isMimeAllowed(limit: string, mimeType: string): boolean {
  const isListed = limit
    .replace(/^!/, "")
    .split(";")
    .some((pattern) => (pattern.endsWith("/*") ? mimeType.startsWith(pattern.slice(0, -1)) : mimeType === pattern));
  return isListed !== limit.startsWith("!");
}
