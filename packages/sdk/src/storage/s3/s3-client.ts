import type * as S3 from "@aws-sdk/client-s3";
import { AvaError } from "../../place/error.js";
import { s3Requests } from "../s3-requests.js";
import type { StoragePlace } from "../storage-place.js";
import { TRANSFER_LIMITS } from "../transfer/fetch/limits.js";
import { TransferError } from "../transfer/transfer-error.js";
import type { S3Settings } from "./s3-settings.js";

/** The package that is loaded when S3 is used, and not before. */
export type S3Package = typeof S3;

/** Region where a spec names none: what stores other than Amazon's expect. */
const DEFAULT_REGION = "us-east-1";

/** Tries of one request, the first among them. */
const TRIES = 8;

/** What a spec may say behind `?`. A slip in `endpoint` would send everything, with the keys' signatures, to Amazon. */
const OPTIONS = ["endpoint", "region", "style"];

/** Keeps the package from its warning about Node.js. */
const NO_WARNING = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

/** A client with the place that it is for. */
export interface OpenedS3 {
  s3: S3Package;
  client: S3.S3Client;
  bucket: string;
  /** Empty, or ends with a slash. */
  prefix: string;
  /** `s3:bucket/prefix?endpoint=...`. */
  spec: string;
}

/**
 * @param place - where
 * @param settings - keys and patience
 * @returns a client; nothing is asked of the store yet
 * @throws AvaError STORAGE_INVALID for an option that is not known, STORAGE_PEER_MISSING
 */
export async function openS3Client({ bucket, prefix, endpoint, options }: StoragePlace, settings: S3Settings): Promise<OpenedS3> {
  const unknown = [...options.keys()].find((key) => !OPTIONS.includes(key));
  if (unknown !== undefined)
    throw new AvaError("STORAGE_INVALID", `the storage's address says ${unknown}, which is not one of ${OPTIONS.join(", ")}`);
  const style = options.get("style") ?? (endpoint === undefined ? "host" : "path");
  if (style !== "path" && style !== "host") throw new AvaError("STORAGE_INVALID", "write the storage's style as path or host");
  const s3 = await import("@aws-sdk/client-s3").catch((cause: unknown) => {
    throw new AvaError("STORAGE_PEER_MISSING", "a storage of s3: needs one more package: npm install @aws-sdk/client-s3", { cause });
  });
  const { accessKey, secretKey, limits = TRANSFER_LIMITS, tries = TRIES } = settings;
  const client = quietly(
    () =>
      new s3.S3Client({
        region: options.get("region") ?? DEFAULT_REGION,
        forcePathStyle: style === "path",
        maxAttempts: tries,
        requestHandler: s3Requests(limits),
        // Many stores refuse or store the framing of checksums that the package sends by default.
        requestChecksumCalculation: "WHEN_REQUIRED",
        responseChecksumValidation: "WHEN_REQUIRED",
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(accessKey && secretKey ? { credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } } : {}),
      }),
  );
  const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  return { s3, client, bucket, prefix: folder, spec: `s3:${bucket}/${folder}${endpoint === undefined ? "" : `?endpoint=${endpoint}`}` };
}

/** Makes a client. The package warns on stderr, once in a process, of versions of Node.js that its later versions will not run on; the one that is installed does. */
function quietly<Client>(make: () => Client): Client {
  const { env } = process;
  const before = env[NO_WARNING];
  env[NO_WARNING] = "true";
  try {
    return make();
  } finally {
    if (before === undefined) delete env[NO_WARNING];
    else env[NO_WARNING] = before;
  }
}

/** @returns whether an error says that there is no such object */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && /^(NotFound|NoSuchKey)$/.test(error.name);
}

/** @returns an error of ours. The cause is left out: errors of the package hold the request with its signature. */
export function asAvaError(error: unknown, signal?: AbortSignal): unknown {
  if (error instanceof AvaError) return error;
  if (signal?.aborted) return new TransferError("ABORTED", "the transfer was stopped");
  const {
    name = "",
    message = "",
    code,
    $metadata,
  } = error as { name?: string; message?: string; code?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  // To a question about a bucket the answer has no body, and the package makes up a name.
  const why = message === "UnknownError" ? "" : ` (${name}: ${message})`;
  if (status !== undefined) return new TransferError("HTTP_STATUS", `the store answered ${status}${why}`, { status });
  if (code === "ENOSPC") return new TransferError("DISK_FULL", message);
  if (name === "CredentialsProviderError")
    return new AvaError("CREDENTIALS_MISSING", `S3 needs keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${message})`);
  return new TransferError("CONNECTION_LOST", `the store cannot be reached (${name}: ${message})`);
}
