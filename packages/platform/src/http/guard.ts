import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { LIMITS } from "ava-protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Caller } from "../access/access.js";
import { claimsKeyPair, isSignedBy } from "../access/qiniu-mac.js";
import { PlatformError } from "../error.js";
import type { App, HttpContext } from "./context.js";
import { MODEL_FILE_PATH } from "./routes/model-file.js";
import { REPORT_PATH } from "./routes/report.js";

declare module "fastify" {
  interface FastifyRequest {
    /** How the request got in; `undefined` where nothing has to be shown, and on the ways that only links and old clients take. */
    caller: Caller | undefined;
  }
}

/** Routes that need no token: they tell nothing, or are there to show one. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/healthz", "/openapi.json", "/v1/login", "/v1/logout", "/v1/me"]);

/** What the portal's pages may do: load from here, and nothing else. */
const PAGE_POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/** Answers of the API are not pages; should a browser take one for a page, it does nothing. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** Lets in who may come in, and gives every answer the headers that it needs whatever it says. */
export function addGuard(app: App, { access, store, clock }: HttpContext): void {
  app.decorateRequest("caller", undefined);

  app.addHook("onRequest", async (request, reply) => {
    const path = request.routeOptions.url ?? request.url;
    const isApi = path.startsWith("/v1/") || path === "/metrics";
    setHeaders(reply.raw, isApi);
    access.checkOrigin(request.method, request.host, request.headers);
    if (!isApi || OPEN_PATHS.has(path)) return;
    request.caller = access.callerOf(request.headers, request.ip);
    if (request.caller !== undefined || isToBeChecked(request)) return;
    if (path === REPORT_PATH && (await isOldClientsRun((request.params as { id: string }).id))) return;
    if (path === MODEL_FILE_PATH && isLinked(request)) return;
    // Programs that mask secrets in what they show take a word behind `Bearer ` for one.
    throw unauthorized(
      reply,
      "This platform needs its token: send it in the header `Authorization`, behind the word `Bearer` and a blank.",
    );
  });

  app.addHook("preParsing", async (request, reply, payload) => {
    if (!isToBeChecked(request)) return payload;
    const body = await readWhole(payload, request.routeOptions.bodyLimit ?? LIMITS.jsonBodyBytes);
    const { method, host, headers } = request;
    if (
      access.keyPair === undefined ||
      !isSignedBy({ method, target: request.raw.url ?? "", host, headers, body }, access.keyPair, clock.now())
    ) {
      throw unauthorized(reply, "The request is not signed with the secret key of this access key.");
    }
    request.caller = "key pair";
    return Readable.from([body]);
  });

  /** A signature covers the body, so it is looked at once that is there. */
  function isToBeChecked({ caller, headers, routeOptions }: FastifyRequest): boolean {
    const isOpen = caller !== undefined || OPEN_PATHS.has(routeOptions.url ?? "");
    return !isOpen && access.needsToken && access.keyPair !== undefined && claimsKeyPair(headers, access.keyPair);
  }

  async function isOldClientsRun(id: string): Promise<boolean> {
    if (!access.oldClientIds.has(id)) return false;
    const instance = await store.instance(id).catch((error: unknown) => {
      // An instance that is gone, or damaged, lets no request in.
      if (!(error instanceof PlatformError)) throw error;
    });
    return instance?.facts.state === "running";
  }

  function isLinked({ params, query }: FastifyRequest): boolean {
    if (access.links.isValid((params as { name: string }).name, query as Record<string, unknown>)) return true;
    if (!("sign" in (query as object))) return false;
    throw new PlatformError(
      "unauthorized",
      "This link has expired, or another platform made it: take a new one from `download` of the model.",
    );
  }
}

/**
 * Sets the headers of every answer. The library of the client of 2018 takes an answer without `X-Reqid` for none of its service.
 *
 * @param answer - its head is not sent yet
 * @param isApi - whether it belongs to the API, not to the portal
 */
export function setHeaders(answer: ServerResponse, isApi: boolean): void {
  for (const [name, value] of Object.entries(answerHeaders(isApi))) answer.setHeader(name, value);
}

/** @returns headers of every answer, by name */
export function answerHeaders(isApi: boolean): Record<string, string> {
  return {
    "x-reqid": randomBytes(12).toString("base64url"),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    // A browser keeps an answer of 410 for good, also where the instance was restored.
    "cache-control": "no-store",
    "content-security-policy": isApi ? API_POLICY : PAGE_POLICY,
  };
}

function unauthorized(reply: FastifyReply, message: string): PlatformError {
  void reply.header("www-authenticate", "Bearer");
  return new PlatformError("unauthorized", message);
}

async function readWhole(payload: AsyncIterable<unknown>, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of payload) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > limitBytes) throw Object.assign(new Error("The body is too large."), { statusCode: 413 });
  }
  return Buffer.concat(chunks);
}
