import { Readable } from "node:stream";
import { LIMITS, type LogsAnswer } from "ava-protocol";
import { lineAt, offsetOfLine } from "../../query/log-lines.js";
import { findLogTime, withTimes } from "../../query/log-times.js";
import { readLogBefore, readLogTail, readLogText, searchLogText, wholeLog } from "../../query/logs.js";
import { attachment } from "../attachment.js";
import type { Routes } from "../context.js";
import { ERROR, INSTANCE_PARAMS, list, object, text } from "../schema.js";

const QUERY = {
  type: "object",
  properties: {
    offset: { type: "integer", minimum: 0, default: 0, description: "first byte; with `search` where it begins" },
    limit: { type: "integer", minimum: 1, maximum: LIMITS.logAnswerBytes, default: 65_536, description: "bytes at most" },
    before: { type: "integer", minimum: 0, description: "the lines in front of this byte instead" },
    tail: { type: "integer", minimum: 0, description: "the last lines instead" },
    time: { type: "string", pattern: "^-?\\d{1,19}$", description: "the lines printed from this time on instead (nanoseconds since 1970)" },
    line: { type: "integer", minimum: 1, description: "the text from this line on instead, counted from 1" },
    times: { enum: ["", "0", "1"], default: "0", description: "the times of the text, too" },
    lines: { enum: ["", "0", "1"], default: "0", description: "the number of the line that the text begins in, too" },
    search: { type: "string", minLength: 1, description: "the places of this text instead, in the whole log from `offset` on" },
    hits: { type: "integer", minimum: 1, maximum: 1000, default: 100, description: "places at most" },
    download: { enum: ["", "0", "1"], default: "0", description: "the whole log as a file to save instead" },
  },
};

interface Query {
  offset: number;
  limit: number;
  before?: number;
  tail?: number;
  time?: string;
  line?: number;
  times: "" | "0" | "1";
  lines: "" | "0" | "1";
  search?: string;
  hits: number;
  download: "" | "0" | "1";
}

const TEXT = object(
  {
    offset: { type: "integer" },
    nextOffset: { type: "integer" },
    size: { type: "integer" },
    text: { type: "string" },
    line: { type: "integer", description: "number of the line that the text begins in, from 1" },
    times: list(object({ offset: { type: "integer" }, timeNs: text("nanoseconds since 1970") }, ["offset", "timeNs"])),
    damage: list(text("a stretch that is damaged in the store: words of the same length stand for it")),
  },
  ["offset", "nextOffset", "size", "text"],
);

const HITS = object(
  {
    size: { type: "integer" },
    hits: list(
      object(
        {
          offset: { type: "integer" },
          lineOffset: { type: "integer", description: "first byte of `line`" },
          line: text("the line that the text begins in; of a long one the part around it"),
          timeNs: text("when it was printed, in nanoseconds since 1970"),
        },
        ["offset", "lineOffset", "line"],
      ),
    ),
    nextOffset: { type: "integer", description: "given back as `offset` the search goes on; absent at the end" },
  },
  ["size", "hits"],
);

const ANSWERS = {
  200: {
    description: "a part of the log, the places of a text, or the whole log",
    content: { "application/json": { schema: { anyOf: [TEXT, HITS] } }, "text/plain": { schema: text("with `download`") } },
  },
  "4xx": ERROR,
  "5xx": ERROR,
};

/** `GET /v1/instances/:id/logs`: console output and log lines. */
export const logRoutes: Routes = (app, { store }) => {
  const schema = {
    tags: ["logs"],
    summary: "Log text, cut at whole lines (and whole characters of longer ones); a search in it; all of it",
    params: INSTANCE_PARAMS,
    querystring: QUERY,
    response: ANSWERS,
  };
  app.get<{ Params: { id: string }; Querystring: Query }>("/v1/instances/:id/logs", { schema }, async (request, reply) => {
    const { id } = request.params;
    const { offset, limit, before, tail, time, line, times, lines, search, hits, download } = request.query;
    if (download !== "0") {
      const log = await wholeLog(store, id);
      return reply
        .type("text/plain; charset=utf-8")
        .header("content-disposition", attachment(`${id}.log`))
        .send(Readable.from(log));
    }
    if (search !== undefined) return searchLogText(store, id, search, offset, hits);
    const from = async (): Promise<number> => {
      if (line !== undefined) return offsetOfLine(store, id, line);
      return time === undefined ? offset : findLogTime(store, id, BigInt(time));
    };
    const read = async (): Promise<LogsAnswer> => {
      if (tail !== undefined) return readLogTail(store, id, tail);
      return before === undefined ? readLogText(store, id, await from(), limit) : readLogBefore(store, id, before, limit);
    };
    const answer = times === "0" ? await read() : await withTimes(store, id, await read());
    return lines === "0" ? answer : { ...answer, line: await lineAt(store, id, answer.offset) };
  });
};
