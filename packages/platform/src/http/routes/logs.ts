import { LIMITS } from "ava-protocol";
import { readLogTail, readLogText } from "../../query/logs.js";
import type { Routes } from "../context.js";
import { answers, INSTANCE_PARAMS, list, object, text } from "../schema.js";

const QUERY = {
  type: "object",
  properties: {
    offset: { type: "integer", minimum: 0, default: 0, description: "first byte" },
    limit: { type: "integer", minimum: 1, maximum: LIMITS.logAnswerBytes, default: 65_536, description: "bytes at most" },
    tail: { type: "integer", minimum: 0, description: "the last lines instead" },
  },
};

const ANSWER = object(
  {
    offset: { type: "integer" },
    nextOffset: { type: "integer" },
    size: { type: "integer" },
    text: { type: "string" },
    damage: list(text("a stretch that is damaged in the store: words of the same length stand for it")),
  },
  ["offset", "nextOffset", "size", "text"],
);

/** `GET /v1/instances/:id/logs`: console output and log lines. */
export const logRoutes: Routes = (app, { store }) => {
  const schema = {
    tags: ["logs"],
    summary: "Log text, cut at whole characters",
    params: INSTANCE_PARAMS,
    querystring: QUERY,
    response: answers(ANSWER),
  };
  app.get<{ Params: { id: string }; Querystring: { offset: number; limit: number; tail?: number } }>(
    "/v1/instances/:id/logs",
    { schema },
    (request) => {
      const { id } = request.params;
      const { offset, limit, tail } = request.query;
      return tail === undefined ? readLogText(store, id, offset, limit) : readLogTail(store, id, tail);
    },
  );
};
