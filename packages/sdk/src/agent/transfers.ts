import { resolveSettings } from "../place/settings/settings.js";
import { findWorkspace } from "../place/workspace/find-workspace.js";
import { resolveTarget } from "../storage/transfer/download/target.js";
import { Fetcher } from "../storage/transfer/fetch/fetcher.js";
import { QMacAuthFetcher } from "../storage/transfer/fetch/qmac-auth-fetcher.js";
import { KodoClient } from "../storage/transfer/upload/kodo-client.js";
import { uploadFile } from "../storage/transfer/upload/upload-file.js";
import type { AgentClient } from "./client.js";
import { type AgentRequest, type AnswerFields, optionalNumberOf, optionalTextOf, RequestError, textOf, textsOf } from "./request.js";
import { describeResponse } from "./response.js";

/** How often a client is told how far a transfer is. */
const PROGRESS_MS = 100;

/** Makes one HTTP exchange. Parameters, answer and errors as in docs/formats/agent.md. */
export async function fetchUrl(request: AgentRequest, { signal }: AgentClient): Promise<AnswerFields> {
  const url = textOf(request, "url");
  const keys = keysOf(request);
  const body = optionalTextOf(request, "body");
  const options = {
    method: optionalTextOf(request, "method"),
    headers: textsOf(request, "headers"),
    data: body === undefined ? undefined : Buffer.from(body, "base64"),
    maxRetry: optionalNumberOf(request, "maxRetry"),
    retry: optionalNumberOf(request, "retry"),
    signal,
  };
  if (request["isMacSigned"] === true) {
    if (!keys.accessKey || !keys.secretKey) throw new RequestError("CREDENTIALS_MISSING", "a signed request needs accessKey and secretKey");
    using fetcher = new QMacAuthFetcher(keys.accessKey, keys.secretKey);
    const [res, err] = await fetcher.fetch(url, options);
    if (err) throw err;
    return describeResponse(res, url);
  }
  const [connectMs, timeoutMs] = [optionalNumberOf(request, "connectTimeoutMs"), optionalNumberOf(request, "timeoutMs")];
  using fetcher = new Fetcher({
    ...keys,
    ...placesOf(request),
    maxBufferSize: optionalNumberOf(request, "maxBytes"),
    connectTimeout: connectMs === undefined ? undefined : connectMs / 1000,
    reqTimeout: timeoutMs === undefined ? undefined : timeoutMs / 1000,
  });
  const [res, err] = await fetcher.fetch(url, { ...options, fromKodo: request["fromKodo"] === true });
  if (err) throw err;
  return describeResponse(res, url);
}

/** Downloads to a file, resumed where an earlier download ended. */
export async function download(request: AgentRequest, client: AgentClient): Promise<AnswerFields> {
  using fetcher = new Fetcher({ ...keysOf(request), ...placesOf(request) });
  const [url, file] = [textOf(request, "url"), textOf(request, "file")];
  // Standard output of the agent is not that of its client.
  if ((await resolveTarget(file)).kind === "descriptor")
    throw new RequestError("FILE_UNWRITABLE", `can't write ${file} (it is the agent's own)`);
  const options = { signal: client.signal, fromKodo: request["fromKodo"] === true };
  const [res, err] = await fetcher.fetchHugeFile(url, file, textsOf(request, "headers"), 1, progressOf(request, client), options);
  if (err) throw err;
  return { bytes: res.bytes };
}

/** Uploads a file to Kodo. */
export async function upload(request: AgentRequest, client: AgentClient): Promise<AnswerFields> {
  const { accessKey = "", secretKey = "" } = keysOf(request);
  if (!accessKey || !secretKey) throw new RequestError("CREDENTIALS_MISSING", "an upload to Kodo needs accessKey and secretKey");
  const kodo = new KodoClient({ accessKey, secretKey }, { endpoint: endpointOf(request) });
  const tell = progressOf(request, client);
  try {
    const { hash, bytes } = await uploadFile(kodo, textOf(request, "file"), textOf(request, "bucket"), textOf(request, "key"), {
      signal: client.signal,
      onProgress: (progress) => tell(progress.bytes, progress.totalBytes),
    });
    return { hash, bytes };
  } finally {
    kodo.close();
  }
}

function keysOf(request: AgentRequest): { accessKey?: string | undefined; secretKey?: string | undefined } {
  return { accessKey: optionalTextOf(request, "accessKey"), secretKey: optionalTextOf(request, "secretKey") };
}

/** A cloud of one's own has its source site where its other services are. */
function placesOf(request: AgentRequest): { endpoint?: string; sourceHost?: string } {
  const endpoint = endpointOf(request);
  return endpoint === undefined ? {} : { endpoint, sourceHost: endpoint };
}

/** Where the hosts and domains of a bucket are asked for: as requested, or as `AVA_STORAGE` of the agent says. */
function endpointOf(request: AgentRequest): string | undefined {
  const { storage } = resolveSettings({}, findWorkspace(), () => undefined);
  return optionalTextOf(request, "endpoint") ?? /^kodo:[^?]+\?endpoint=(.+)$/.exec(storage.spec)?.[1];
}

function progressOf(request: AgentRequest, client: AgentClient): (bytes: number, totalBytes: number | undefined) => void {
  let nextMs = 0;
  return (bytes, totalBytes) => {
    if (Date.now() < nextMs && bytes !== totalBytes) return;
    nextMs = Date.now() + PROGRESS_MS;
    client.tell({ event: "progress", id: request["id"], bytes, ...(totalBytes === undefined ? {} : { totalBytes }) });
  };
}
