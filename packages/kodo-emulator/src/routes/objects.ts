import { type Answer, Refusal } from "../answer.js";
import { type KodoRequest, readAll } from "../request.js";
import { checkManagement } from "../signatures.js";
import type { StoredObject } from "../store/object-store.js";

const MAX_LISTED = 1000;

/** `GET /stat/<entry>` */
export async function statObject(request: KodoRequest): Promise<Answer> {
  await checkAuthorization(request);
  const { bucket, key } = entryOf(request);
  const object = request.stores.objects.get(bucket, key);
  if (!object) throw new Refusal(612, "no such file or directory");
  const { hash, fsize, mimeType, putTime, parts, metadata } = object;
  const hasParts = request.query.get("needparts") === "true" && parts;
  const own = Object.keys(metadata).length > 0 ? { "x-qn-meta": metadata } : {};
  return { status: 200, json: { fsize, hash, mimeType, putTime, type: 0, ...own, ...(hasParts ? { parts } : {}) } };
}

/** `POST /delete/<entry>` */
export async function deleteObject(request: KodoRequest): Promise<Answer> {
  await checkAuthorization(request);
  const { bucket, key } = entryOf(request);
  if (!request.stores.objects.delete(bucket, key)) throw new Refusal(612, "no such file or directory");
  return { status: 200 };
}

/** `GET` or `POST /list?bucket=...` */
export async function listObjects(request: KodoRequest): Promise<Answer> {
  await checkAuthorization(request);
  const { query, stores } = request;
  const bucket = query.get("bucket") ?? "";
  if (!stores.objects.hasBucket(bucket)) throw new Refusal(631, "no such bucket");
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const limit = Number(query.get("limit") || MAX_LISTED);
  if (!(limit >= 1 && limit <= MAX_LISTED)) throw new Refusal(400, `limit is 1 to ${MAX_LISTED}`);
  const after = readMarker(query.get("marker"));
  const rest = group(stores.objects.list(bucket, prefix), prefix, delimiter).filter(({ name }) => after === undefined || name > after);
  const shown = rest.slice(0, limit);
  const json = {
    items: shown.flatMap(({ object }) => (object ? [itemOf(object)] : [])),
    ...(delimiter ? { commonPrefixes: shown.flatMap(({ name, object }) => (object ? [] : [name])) } : {}),
    ...(shown.length < rest.length ? { marker: Buffer.from(JSON.stringify({ k: shown.at(-1)?.name })).toString("base64url") } : {}),
  };
  return { status: 200, json };
}

/** `/v2/domains`, `/v6/domain/list` (names) and `/v3/domains`, `/v7/domain/list` (objects) */
export async function listDomains(request: KodoRequest): Promise<Answer> {
  await checkAuthorization(request);
  const tbl = request.query.get("tbl") ?? "";
  const bucket = request.buckets.find(({ name }) => name === tbl);
  if (!bucket) throw new Refusal(631, "no such bucket");
  const isPlain = /^\/v[26]\//.test(request.path);
  return { status: 200, json: isPlain ? bucket.domains : bucket.domains.map((domain) => ({ domain, tbl, uid: 1, ctime: 0, utime: 0 })) };
}

/** The body is part of what is signed. */
async function checkAuthorization({ account, method, target, headers, body, nowMs }: KodoRequest): Promise<void> {
  checkManagement(account, { method, target, headers, body: await readAll(body) }, nowMs);
}

function entryOf({ caught, stores }: KodoRequest): { bucket: string; key: string } {
  const entry = Buffer.from(decodeURIComponent(caught[0] ?? ""), "base64url").toString();
  const colon = entry.indexOf(":");
  if (colon === -1) throw new Refusal(400, "the entry names no key");
  const bucket = entry.slice(0, colon);
  if (!stores.objects.hasBucket(bucket)) throw new Refusal(631, "no such bucket");
  return { bucket, key: entry.slice(colon + 1) };
}

function readMarker(marker: string | null): string | undefined {
  if (!marker) return undefined;
  try {
    const { k } = JSON.parse(Buffer.from(marker, "base64url").toString()) as { k?: unknown };
    if (typeof k === "string") return k;
  } catch {
    // Told below, as every marker that is not one of ours.
  }
  throw new Refusal(640, "invalid marker");
}

/** Objects, and in place of those below a delimiter their common prefix once. */
function group(objects: readonly StoredObject[], prefix: string, delimiter: string): { name: string; object?: StoredObject }[] {
  const groups = new Map<string, { name: string; object?: StoredObject }>();
  for (const object of objects) {
    const end = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1;
    const name = end === -1 ? object.key : object.key.slice(0, end + delimiter.length);
    groups.set(name, end === -1 ? { name, object } : { name });
  }
  return [...groups.values()];
}

function itemOf({ key, hash, fsize, mimeType, putTime }: StoredObject): Record<string, string | number> {
  return { key, hash, fsize, mimeType, putTime, type: 0, status: 0 };
}
