import { composedEtag } from "ava-kodo";
import { type Answer, Refusal } from "../answer.js";
import { type KodoRequest, readAll } from "../request.js";
import type { StoredPart, Upload } from "../store/upload-store.js";
import { checkScope, checkUploadToken, type UploadPolicy } from "../upload-policy.js";
import { checkBucket } from "./check-bucket.js";
import { makeObject } from "./make-object.js";

const MAX_PART_NUMBER = 10_000;
const MIN_PART_BYTES = 1024 ** 2;
const MAX_PART_BYTES = 1024 ** 3;
const UPLOAD_LIFE_S = 7 * 24 * 3600;

/** `POST /buckets/<bucket>/objects/<key>/uploads` */
export async function beginUpload(request: KodoRequest): Promise<Answer> {
  await readAll(request.body);
  const { bucket, key } = checkUpload(request);
  const expireAt = Math.floor(request.nowMs / 1000) + UPLOAD_LIFE_S;
  const { id } = request.stores.uploads.begin(bucket, key, expireAt);
  return { status: 200, json: { uploadId: id, expireAt } };
}

/** `PUT .../<uploadId>/<number>` */
export async function putPart(request: KodoRequest): Promise<Answer> {
  const upload = findUpload(request);
  const number = Number(request.caught[3]);
  if (!(number >= 1 && number <= MAX_PART_NUMBER)) throw new Refusal(400, `part numbers are 1 to ${MAX_PART_NUMBER}`);
  const wantedMd5 = request.headers["content-md5"];
  const part = await request.stores.uploads.putPart(upload, number, request.body, MAX_PART_BYTES, wantedMd5?.toString());
  return { status: 200, json: { etag: part.etag, md5: part.md5 } };
}

/** `POST .../<uploadId>` */
export async function completeUpload(request: KodoRequest): Promise<Answer> {
  const { policy } = checkUpload(request);
  const upload = findUpload(request);
  const wish = readWish((await readAll(request.body)).toString());
  const parts = chooseParts(request.stores.uploads.partsOf(upload), wish.parts);
  const answer = makeObject(request, policy, {
    key: upload.key,
    hash: composedEtag(parts.map(({ etag, bytes }) => ({ etag, size: bytes }))),
    segments: parts.map(({ file, bytes }) => ({ file, bytes })),
    mimeType: wish.mimeType,
    fileName: wish.fname ?? "",
    variables: { ...wish.metadata, ...wish.customVars },
    parts: parts.map(({ bytes }) => bytes),
  });
  request.stores.uploads.end(upload.id);
  return answer;
}

/** `DELETE .../<uploadId>` */
export function abortUpload(request: KodoRequest): Answer {
  request.stores.uploads.end(findUpload(request).id);
  return { status: 200 };
}

/** `GET .../<uploadId>` */
export function listParts(request: KodoRequest): Answer {
  const upload = findUpload(request);
  const after = Number(request.query.get("part-number-marker") ?? request.query.get("part-number_marker") ?? 0);
  const limit = Number(request.query.get("max-parts") ?? 1000);
  const parts = request.stores.uploads.partsOf(upload).filter(({ number }) => number > after);
  const shown = parts.slice(0, limit);
  const json = {
    uploadId: upload.id,
    expireAt: upload.expireAt,
    partNumberMarker: shown.length < parts.length ? shown.at(-1)?.number : 0,
    parts: shown.map(({ number, etag, bytes }) => ({ partNumber: number, etag, size: bytes, putTime: Math.floor(request.nowMs / 1000) })),
  };
  return { status: 200, json };
}

function checkUpload(request: KodoRequest): { policy: UploadPolicy; bucket: string; key?: string } {
  const [bucketName = "", encodedKey = ""] = request.caught;
  const [kind, token] = (request.headers.authorization ?? "").split(" ");
  const policy = checkUploadToken(request.account, kind === "UpToken" ? token : undefined, request.nowMs);
  const bucket = checkBucket(request, policy, decodeURIComponent(bucketName));
  if (encodedKey === "~") return { policy, bucket };
  const key = Buffer.from(decodeURIComponent(encodedKey), "base64url").toString();
  checkScope(policy, key);
  return { policy, bucket, key };
}

function findUpload(request: KodoRequest): Upload {
  const { bucket, key } = checkUpload(request);
  return request.stores.uploads.find(request.caught[2] ?? "", bucket, key, request.nowMs);
}

interface Wish {
  parts: { etag: string; partNumber: number }[];
  fname?: string;
  mimeType?: string;
  metadata?: Record<string, string>;
  customVars?: Record<string, string>;
}

function readWish(text: string): Wish {
  try {
    const wish = JSON.parse(text) as Wish;
    if (Array.isArray(wish.parts)) return wish;
  } catch {
    // Told below, as every body that is not such a list.
  }
  throw new Refusal(400, "the body is not a JSON object with a list of parts");
}

function chooseParts(stored: readonly StoredPart[], wished: Wish["parts"]): StoredPart[] {
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  const parts = wished.map(({ partNumber, etag }, index) => {
    if (index > 0 && partNumber <= (wished[index - 1]?.partNumber ?? 0)) throw new Refusal(400, "the part numbers do not rise");
    const part = byNumber.get(partNumber);
    if (!part) throw new Refusal(400, `part ${partNumber} was not uploaded`);
    if (part.etag !== etag) throw new Refusal(400, `the etag of part ${partNumber} is another one`);
    return part;
  });
  if (parts.length === 0) throw new Refusal(400, "no parts");
  const small = parts.slice(0, -1).find(({ bytes }) => bytes < MIN_PART_BYTES);
  if (small) throw new Refusal(400, `part ${small.number} is smaller than 1 MiB and not the last`);
  return parts;
}
