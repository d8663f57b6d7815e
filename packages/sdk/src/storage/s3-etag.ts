import { createHash } from "node:crypto";

/** @param bytes - any @returns their MD5 */
export function md5(bytes: Uint8Array): Buffer {
  return createHash("md5").update(bytes).digest();
}

/**
 * @param told - an etag that a store told, with or without quotes
 * @param parts - MD5 of the parts in their order; one without `isMultipart` for an object that was put at once
 * @param isMultipart - whether the object was made of parts
 * @returns whether the etag is of other bytes; an etag of another form, as of encrypted objects, says nothing
 */
export function contradicts(told: string | undefined, parts: readonly Uint8Array[], isMultipart: boolean): boolean {
  const etag = (told ?? "").replaceAll('"', "").toLowerCase();
  if (!isMultipart) return /^[0-9a-f]{32}$/.test(etag) && etag !== Buffer.from(parts[0] ?? []).toString("hex");
  return new RegExp(`^[0-9a-f]{32}-${parts.length}$`).test(etag) && etag !== `${md5(Buffer.concat(parts)).toString("hex")}-${parts.length}`;
}
