import { mkdtempSync, writeFileSync } from "node:fs";
import { STATUS_CODES } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FetchResponse } from "../storage/transfer/transfer-error.js";
import type { AnswerFields } from "./request.js";

/** A longer body is handed over in a file: a line has its limit. */
const MOST_BODY_BYTES = 4 * 1024 * 1024;

/** @param response - an answer @param url - that was asked for @returns it as fields */
export function describeResponse({ status, headers: joined, headerLists = {}, body, url }: FetchResponse, asked: string): AnswerFields {
  const headers = { ...joined, ...headerLists };
  const facts = { status, reason: STATUS_CODES[status] ?? "", headers, effectiveUrl: url ?? asked };
  if (body.length <= MOST_BODY_BYTES) return { ...facts, body: body.toString("base64") };
  const bodyFile = join(mkdtempSync(join(tmpdir(), "ava-fetch-")), "body");
  writeFileSync(bodyFile, body, { mode: 0o600 });
  return { ...facts, bodyFile };
}
