import { DEFAULT_CONTENT_TYPE, operationPath, qiniuAuthorization } from "ava-kodo";
import type { StoredObject } from "../stored-object.js";
import { TransferError } from "../transfer-error.js";
import type { KodoAnswer, KodoCall, KodoClient } from "./kodo-client.js";

/** Keys of one page of a list: the most that Kodo gives. */
const PAGE = 1000;

/**
 * @param kodo - the services
 * @param bucket - name of the bucket
 * @param key - key of an object
 * @param signal - ends the call
 * @returns its facts; `undefined` where there is none
 * @throws TransferError HTTP_STATUS, and those of the network
 */
export async function statObject(kodo: KodoClient, bucket: string, key: string, signal?: AbortSignal): Promise<StoredObject | undefined> {
  const { rs } = await kodo.regionOf(bucket, signal);
  const answer = await unlessMissing(kodo.call(rs, { ...signed(kodo, "GET", operationPath.stat(bucket, key)), signal }));
  return answer && objectOf(answer, key);
}

/**
 * @param kodo - the services
 * @param bucket - name of the bucket
 * @param key - key of an object
 * @returns whether there was one
 * @throws TransferError HTTP_STATUS, and those of the network
 */
export async function deleteObject(kodo: KodoClient, bucket: string, key: string): Promise<boolean> {
  const { rs } = await kodo.regionOf(bucket);
  return (await unlessMissing(kodo.call(rs, signed(kodo, "POST", operationPath.delete(bucket, key))))) !== undefined;
}

/**
 * @param kodo - the services
 * @param bucket - name of the bucket
 * @param prefix - beginning of the keys
 * @returns the objects in the order of their keys, a page at a time
 * @throws TransferError HTTP_STATUS, and those of the network
 */
export async function* listObjects(kodo: KodoClient, bucket: string, prefix: string): AsyncGenerator<StoredObject> {
  const { rsf } = await kodo.regionOf(bucket);
  for (let marker = ""; ; ) {
    const query = new URLSearchParams({ bucket, prefix, limit: String(PAGE), ...(marker ? { marker } : {}) });
    const answer = await kodo.call(rsf, signed(kodo, "GET", `/list?${query}`));
    const items = Array.isArray(answer["items"]) ? (answer["items"] as KodoAnswer[]) : [];
    for (const item of items) yield objectOf(item, String(item["key"]));
    // An empty page is not the end; an absent marker is.
    if (typeof answer["marker"] !== "string" || answer["marker"] === "") return;
    marker = answer["marker"];
  }
}

/**
 * @param kodo - the services
 * @param bucket - name of the bucket
 * @param signal - ends the call
 * @returns names for downloads, `host[:port]`: those bound to the bucket, then its source-site domains
 * @throws TransferError HTTP_STATUS, and those of the network
 */
export async function listDomains(kodo: KodoClient, bucket: string, signal?: AbortSignal): Promise<string[]> {
  const { uc, ioSrc } = await kodo.regionOf(bucket, signal);
  const answer: unknown = await kodo.call(uc, { ...signed(kodo, "GET", `/v2/domains?tbl=${encodeURIComponent(bucket)}`), signal });
  const bound = Array.isArray(answer) ? answer.filter((domain) => typeof domain === "string") : [];
  return [...new Set([...bound, ...ioSrc])];
}

function signed(kodo: KodoClient, method: "GET" | "POST", path: string): KodoCall {
  const { accessKey, secretKey } = kodo.account;
  const authorize = (url: string) => {
    const headers = { "Content-Type": DEFAULT_CONTENT_TYPE, "X-Qiniu-Date": new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "") };
    return { ...headers, authorization: qiniuAuthorization({ method, url, headers }, accessKey, secretKey) };
  };
  return { method, path, authorize, ...(method === "POST" ? { body: () => "" } : {}) };
}

async function unlessMissing(answer: Promise<KodoAnswer>): Promise<KodoAnswer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TransferError && error.status === 612) return undefined;
    throw error;
  }
}

function objectOf(facts: KodoAnswer, key: string): StoredObject {
  return { key, bytes: Number(facts["fsize"]), hash: String(facts["hash"]) };
}
