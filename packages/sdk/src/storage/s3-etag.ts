import { createHash, type Hash } from "node:crypto";

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

/** MD5 of each part of what comes in pieces. */
export class PartDigests {
  bytes = 0;
  private readonly partBytes: number;
  private hash: Hash = createHash("md5");
  private room: number;
  private readonly digests: Buffer[] = [];

  /** @param partBytes - size of all parts but the last; infinite: one part */
  constructor(partBytes: number) {
    this.partBytes = partBytes;
    this.room = partBytes;
  }

  /** @param piece - the next bytes */
  update(piece: Uint8Array): void {
    this.bytes += piece.length;
    for (let rest = piece; rest.length > 0; ) {
      if (this.room === 0) this.endPart();
      const taken = rest.subarray(0, this.room);
      this.hash.update(taken);
      this.room -= taken.length;
      rest = rest.subarray(taken.length);
    }
  }

  /** @returns MD5 of every part; ends it */
  finish(): Buffer[] {
    this.endPart();
    return this.digests;
  }

  private endPart(): void {
    this.digests.push(this.hash.digest());
    this.hash = createHash("md5");
    this.room = this.partBytes;
  }
}
