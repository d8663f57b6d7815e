import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import fastifySwagger from "@fastify/swagger";
import { LIMITS } from "ava-protocol";
import fastify, { type FastifyReply } from "fastify";
import { PlatformError, systemCode } from "../error.js";
import { stringifyAnswer } from "../json-source.js";
import { checkDepth, checkFinite } from "./checks.js";
import { addCompression } from "./compress.js";
import type { App, HttpContext, Routes } from "./context.js";
import { answerBody, setErrorAnswers } from "./errors.js";
import { addGuard, answerHeaders, setHeaders } from "./guard.js";
import { keepParamsText } from "./params-text.js";
import { deletionRoutes } from "./routes/deletion.js";
import { evaluationRoutes } from "./routes/evaluations.js";
import { exportRoutes } from "./routes/export.js";
import { fileRoutes } from "./routes/files.js";
import { groupRoutes } from "./routes/groups.js";
import { healthRoutes } from "./routes/health.js";
import { instanceRoutes } from "./routes/instances.js";
import { liveRoutes } from "./routes/live.js";
import { loginRoutes } from "./routes/login.js";
import { logRoutes } from "./routes/logs.js";
import { modelFileRoutes } from "./routes/model-file.js";
import { modelRoutes } from "./routes/models.js";
import { oldClientRoutes } from "./routes/old-client.js";
import { pointRoutes } from "./routes/points.js";
import { addPortal, pageFor } from "./routes/portal.js";
import { recordRoutes } from "./routes/records.js";
import { reparseRoutes } from "./routes/reparse.js";
import { reportRoutes } from "./routes/report.js";
import { seriesRoutes } from "./routes/series.js";
import { trackerRoutes } from "./routes/trackers.js";
import { trainingRulesRoutes } from "./routes/training-rules.js";
import { trainingRoutes } from "./routes/trainings.js";
import { viewRoutes } from "./routes/views.js";

const ROUTES: readonly Routes[] = [
  healthRoutes,
  instanceRoutes,
  groupRoutes,
  viewRoutes,
  trainingRoutes,
  trainingRulesRoutes,
  deletionRoutes,
  seriesRoutes,
  pointRoutes,
  logRoutes,
  reparseRoutes,
  exportRoutes,
  liveRoutes,
  modelRoutes,
  evaluationRoutes,
  modelFileRoutes,
  loginRoutes,
  oldClientRoutes,
];

/** Silence after which a connection is cut; live streams are never silent for so long. */
const SILENCE_MS = 5 * 60_000;

/** How long a request may take to arrive: the largest body at 5 kB/s. */
const REQUEST_MS = 60 * 60_000;

/** Status and words for requests that never reach a route, by the code of Node.js. */
const UNREAD: Record<string, readonly [status: string, what: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "did not arrive whole in time"],
  HPE_HEADER_OVERFLOW: [
    "431 Request Header Fields Too Large",
    `has an address and headers above the limit requestHeadBytes = ${LIMITS.requestHeadBytes} bytes`,
  ],
};

/**
 * Builds the server; it listens when the caller says so.
 *
 * @param report - told of errors that are ours
 */
export async function createServer(context: HttpContext, report: (error: unknown) => void): Promise<App> {
  const app: App = fastify({
    http: { maxHeaderSize: LIMITS.requestHeadBytes },
    bodyLimit: LIMITS.jsonBodyBytes,
    // The longest name, each of its characters four bytes of three.
    routerOptions: { maxParamLength: LIMITS.modelNameChars * 12 },
    forceCloseConnections: true,
    connectionTimeout: SILENCE_MS,
    requestTimeout: REQUEST_MS,
    trustProxy: context.trustedProxies.length > 0 && [...context.trustedProxies],
    // Response schemas describe; what is sent is what the handler gave, NaN names and all.
    ajv: { customOptions: { removeAdditional: false } },
    frameworkErrors: (_error, request, reply) => {
      const answer: FastifyReply = reply;
      const page = pageFor(request, context.portalDir);
      setHeaders(answer.raw, page === undefined);
      if (page === undefined) void answer.code(400).send(answerBody("bad_request", `The address ${request.url} cannot be read.`));
      else void answer.type("text/html; charset=utf-8").send(createReadStream(page));
    },
    clientErrorHandler: (error, socket) => {
      const [status, what] = UNREAD[systemCode(error) ?? ""] ?? ["400 Bad Request", "is not HTTP/1.1 as this platform can read it"];
      const body = JSON.stringify(answerBody("bad_request", `The request ${what}.`));
      const headers = { "content-type": "application/json", "content-length": body.length, connection: "close", ...answerHeaders(true) };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\n${lines.join("")}\r\n${body}`);
    },
  });
  app.setSerializerCompiler(() => stringifyAnswer);
  setErrorAnswers(app, report);
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser<Buffer>("application/json", { parseAs: "buffer" }, (request, bytes, done) => {
    // Otherwise names that differ would become one.
    if (!isUtf8(bytes)) return done(new PlatformError("bad_request", "The body is not UTF-8; nothing of it was kept."));
    const text = bytes.toString();
    void parseJson(request, text, (error, body) => done(error, keepParamsText(body, text)));
  });
  addGuard(app, context);
  addCompression(app);
  app.addHook("preValidation", async (request) => checkDepth(request.body));
  app.addHook("preHandler", async (request) => checkFinite(request.query));
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "AVA platform",
        version: "1",
        description: "Training runs: facts, series, logs. Answers above 1 kB come as brotli or gzip where `Accept-Encoding` takes it.",
      },
    },
  });
  app.get("/openapi.json", { schema: { tags: ["platform"], summary: "This document" } }, () => app.swagger());
  // Routes stand behind the document's plugin, which sees only what is registered after it.
  for (const routes of ROUTES) routes(app, context);
  for (const routes of [recordRoutes, reportRoutes, fileRoutes, trackerRoutes])
    await app.register(async (scope) => routes(scope as App, context));
  await addPortal(app, context);
  return app;
}
