import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const RANDOM_CHARS = 16;
const TAG_CHARS = 16;

/**
 * Ids of instances that a client of 2018 created with its key pair. That client reports metrics without any authorization: its ids are signed, so that a
 * platform with a token knows them again without keeping a list.
 */
export class OldClientIds {
  private readonly key: Buffer;

  /** @param key - signs the ids; has to outlive a restart */
  constructor(key: Buffer) {
    this.key = key;
  }

  /** @returns a new id */
  make(): string {
    const random = randomBytes(RANDOM_CHARS / 2).toString("hex");
    return random + this.tagOf(random);
  }

  /** @returns whether {@link make} made this id */
  has(id: string): boolean {
    const given = Buffer.from(id.slice(RANDOM_CHARS));
    const own = Buffer.from(this.tagOf(id.slice(0, RANDOM_CHARS)));
    return given.length === own.length && timingSafeEqual(given, own);
  }

  private tagOf(random: string): string {
    return createHmac("sha256", this.key).update(random).digest("hex").slice(0, TAG_CHARS);
  }
}
