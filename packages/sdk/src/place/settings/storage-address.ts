import { resolve } from "node:path";

/** Which storage to use and with what keys; plain values, since they cross to another thread. Never printed. */
export interface StorageSettings {
  /** `kodo:BUCKET`, `s3:BUCKET/prefix?endpoint=...` or `file:/path`. */
  spec: string;
  /** No storage was named: a folder of the workspace stands in, for what is uploaded by request only. */
  isDefault?: boolean;
  accessKey?: string;
  secretKey?: string;
  /** Kodo's user id, for `qiniu://<uid>@z0/<bucket>/<key>` addresses. */
  uid?: string;
}

/** @param settings - of a storage @returns path of the folder that a storage of `file:` is; `undefined` for any other */
export function storageFolder({ spec }: StorageSettings): string | undefined {
  const place = /^file:(?:\/\/)?(.+)$/s.exec(spec)?.[1];
  return place === undefined ? undefined : resolve(place);
}
