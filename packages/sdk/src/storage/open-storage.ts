import { AvaError } from "../place/error.js";
import { type StorageSettings, storageFolder } from "../place/settings/storage-address.js";
import type { Storage } from "./storage.js";

/** Region where a spec names none: what stores other than Amazon's expect. */
const DEFAULT_REGION = "us-east-1";

/** Tries of one request to S3, the first among them. */
const S3_TRIES = 8;

/**
 * Opens the storage that a spec names: `file:/path`, `kodo:BUCKET` or `s3:BUCKET/prefix`. `?endpoint=http://host:port` names another server than
 * the public cloud's; S3 also takes `region` and `style` (`path` or `host`). The code of a storage is loaded when it is used.
 *
 * @param settings - spec and keys
 * @returns the storage; nothing is asked of it yet
 * @throws AvaError STORAGE_INVALID for a spec that can't be read, CREDENTIALS_MISSING, STORAGE_PEER_MISSING
 */
export async function openStorage(settings: StorageSettings): Promise<Storage> {
  const [, kind, place = ""] = /^([a-z0-9]+):(.+)$/s.exec(settings.spec) ?? [];
  const folder = storageFolder(settings);
  if (folder !== undefined) {
    const { FileStorage } = await import("./file-storage.js");
    return new FileStorage(folder);
  }
  const [, bucket = "", prefix = "", query = ""] = /^(?:\/\/)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(place) ?? [];
  const options = new URLSearchParams(query);
  const endpoint = readEndpoint(options.get("endpoint"));
  if (kind === "kodo" && bucket && !prefix) return openKodo(bucket, endpoint, settings);
  if (kind === "s3" && bucket) return openS3({ bucket, prefix, endpoint, options }, settings);
  throw new AvaError("STORAGE_INVALID", "write the storage as file:/path, kodo:BUCKET or s3:BUCKET/prefix?endpoint=https://host");
}

async function openKodo(bucket: string, endpoint: string | undefined, { accessKey, secretKey, uid }: StorageSettings): Promise<Storage> {
  if (!accessKey || !secretKey) {
    throw new AvaError("CREDENTIALS_MISSING", "Kodo needs keys: set AVA_ACCESS_KEY and AVA_SECRET_KEY, or write them to config/user");
  }
  const { KodoStorage } = await import("./kodo-storage.js");
  return new KodoStorage(bucket, { accessKey, secretKey }, { endpoint, uid });
}

interface S3Place {
  bucket: string;
  prefix: string;
  endpoint: string | undefined;
  options: URLSearchParams;
}

async function openS3({ bucket, prefix, endpoint, options }: S3Place, { accessKey, secretKey }: StorageSettings): Promise<Storage> {
  const [{ S3Storage }, { s3Requests }] = await Promise.all([import("./s3-storage.js"), import("./s3-requests.js")]);
  const s3 = await import("@aws-sdk/client-s3").catch((cause: unknown) => {
    throw new AvaError("STORAGE_PEER_MISSING", "a storage of s3: needs one more package: npm install @aws-sdk/client-s3", { cause });
  });
  const style = options.get("style") ?? (endpoint === undefined ? "host" : "path");
  const client = new s3.S3Client({
    region: options.get("region") ?? DEFAULT_REGION,
    forcePathStyle: style === "path",
    maxAttempts: S3_TRIES,
    requestHandler: s3Requests(),
    // Many stores refuse or store the framing of checksums that the package sends by default.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(accessKey && secretKey ? { credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } } : {}),
  });
  const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  return new S3Storage(s3, client, {
    bucket,
    prefix: folder,
    spec: `s3:${bucket}/${folder}${endpoint === undefined ? "" : `?endpoint=${endpoint}`}`,
  });
}

function readEndpoint(text: string | null): string | undefined {
  if (text === null) return undefined;
  // User and password in a URL would end up in messages.
  if (/^https?:\/\/[^/@?#]+\/?$/.test(text)) return text.replace(/\/$/, "");
  throw new AvaError("STORAGE_INVALID", "write the storage's endpoint as http://host:port or https://host");
}
