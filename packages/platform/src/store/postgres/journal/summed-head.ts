import { type BodyKey, bodySum } from "./pack-body.js";

/** The last member of a head with a checksum. Older platforms pass it over. */
const SUM = /,"sum":(\d+)\}$/;

/** @returns the head of a command whose body stands as it came, with a checksum of both */
export function summedHead(key: BodyKey, body: Uint8Array): string {
  return `${key.head.slice(0, -1)},"sum":${bodySum(key, body)}}`;
}

/**
 * Compares a command whose body stands as it came with the checksum in its head; those of older platforms have none.
 *
 * @param body - as it was read
 * @throws Error where they are not what was written for this key
 */
export function checkSummed(key: BodyKey, body: Uint8Array): void {
  const sum = SUM.exec(key.head);
  if (sum === null) return;
  if (bodySum({ ...key, head: `${key.head.slice(0, sum.index)}}` }, body) !== Number(sum[1]))
    throw new Error("it does not have its checksum");
}
