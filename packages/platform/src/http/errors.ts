import type { ErrorBody, ErrorCode } from "ava-protocol";
import { ERROR_STATUS, LIMITS } from "ava-protocol";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { PlatformError } from "../error.js";
import type { App } from "./context.js";

/**
 * Makes every error answer `{ "error": { "code", "message" } }`: thrown ones, unreadable bodies, wrong arguments.
 *
 * @param report - told of errors that are ours
 */
export function setErrorAnswers(app: App, report: (error: unknown) => void): void {
  app.setErrorHandler((error: FastifyError | PlatformError, request: FastifyRequest, reply: FastifyReply) => {
    const { status, body } = errorAnswer(error, request);
    // Damage is told once, when it is found.
    if (status === 500 && body.error.code !== "store_damaged") report(error);
    if (error instanceof PlatformError && error.retryAfterSeconds !== undefined) void reply.header("retry-after", error.retryAfterSeconds);
    void reply.code(status).send(body);
  });
}

/** @returns the answer for an error */
export function errorAnswer(error: FastifyError | PlatformError, request: FastifyRequest): { status: number; body: ErrorBody } {
  if (error instanceof PlatformError && error.code in ERROR_STATUS) {
    const code = error.code as ErrorCode;
    const { ack, restorableUntil } = error;
    const more = { ...(ack === undefined ? {} : { ack }), ...(restorableUntil === undefined ? {} : { restorableUntil }) };
    return { status: error.status, body: { ...answerBody(code, error.message), ...more } };
  }
  const status = "statusCode" in error ? (error.statusCode ?? 500) : 500;
  if (status === 413) {
    const bytes = request.routeOptions.bodyLimit ?? LIMITS.jsonBodyBytes;
    const name = bytes === LIMITS.recordsBodyBytes ? "recordsBodyBytes" : "jsonBodyBytes";
    return {
      status,
      body: answerBody("body_too_large", `The body is larger than the limit ${name} = ${bytes} bytes; nothing of it was kept.`),
    };
  }
  if (status >= 400 && status < 500) return { status: 400, body: answerBody("bad_request", sentence(error.message)) };
  return { status: 500, body: answerBody("internal", "The platform failed to answer; its own output says why.") };
}

/** @returns body of an error answer */
export function answerBody(code: ErrorCode, message: string): ErrorBody {
  return { error: { code, message } };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
