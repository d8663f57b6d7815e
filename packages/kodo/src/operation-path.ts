import { encodedEntry } from "./entry.js";
import { urlsafeBase64 } from "./sign.js";

/** Days after which an object changes its storage class or ends; 0 or absent: never. */
export interface ObjectLifecycle {
  toIaAfterDays?: number;
  toArchiveIRAfterDays?: number;
  toArchiveAfterDays?: number;
  toDeepArchiveAfterDays?: number;
  deleteAfterDays?: number;
  /** Facts that the object must have for the change to be made. */
  cond?: Readonly<Record<string, string | number>>;
}

const forced = (options?: { force?: boolean }) => (options?.force ? "/force/true" : "");

/** Paths of the management operations on objects, as requests and batches carry them. */
export const operationPath = {
  stat: (bucket: string, key: string): string => `/stat/${encodedEntry(bucket, key)}`,
  delete: (bucket: string, key: string): string => `/delete/${encodedEntry(bucket, key)}`,
  deleteAfterDays: (bucket: string, key: string, days: number): string => `/deleteAfterDays/${encodedEntry(bucket, key)}/${days}`,
  changeMime: (bucket: string, key: string, mimeType: string): string =>
    `/chgm/${encodedEntry(bucket, key)}/mime/${urlsafeBase64(mimeType)}`,
  changeHeaders: (bucket: string, key: string, headers: Readonly<Record<string, string>>): string =>
    `/chgm/${encodedEntry(bucket, key)}${Object.entries(headers)
      .map(([name, value]) => `/x-qn-meta-!${name}/${urlsafeBase64(value)}`)
      .join("")}`,
  changeType: (bucket: string, key: string, type: number): string => `/chtype/${encodedEntry(bucket, key)}/type/${type}`,
  changeStatus: (bucket: string, key: string, status: number): string => `/chstatus/${encodedEntry(bucket, key)}/status/${status}`,
  move: (bucket: string, key: string, toBucket: string, toKey: string, options?: { force?: boolean }): string =>
    `/move/${encodedEntry(bucket, key)}/${encodedEntry(toBucket, toKey)}${forced(options)}`,
  copy: (bucket: string, key: string, toBucket: string, toKey: string, options?: { force?: boolean }): string =>
    `/copy/${encodedEntry(bucket, key)}/${encodedEntry(toBucket, toKey)}${forced(options)}`,
  setObjectLifecycle: (bucket: string, key: string, days: ObjectLifecycle): string =>
    [
      `/lifecycle/${encodedEntry(bucket, key)}`,
      `toIAAfterDays/${days.toIaAfterDays ?? 0}`,
      `toArchiveIRAfterDays/${days.toArchiveIRAfterDays ?? 0}`,
      `toArchiveAfterDays/${days.toArchiveAfterDays ?? 0}`,
      `toDeepArchiveAfterDays/${days.toDeepArchiveAfterDays ?? 0}`,
      `deleteAfterDays/${days.deleteAfterDays ?? 0}`,
      ...(days.cond ? [`cond/${urlsafeBase64(conditions(days.cond))}`] : []),
    ].join("/"),
} as const;

function conditions(cond: Readonly<Record<string, string | number>>): string {
  return Object.entries(cond)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}
