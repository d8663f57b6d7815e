import { Readable } from "node:stream";
import { type InstanceDetail, plainLine } from "ava-protocol";
import { describeInstance, lostBeforeMs } from "../../query/instances.js";
import { type IdsRequest, listIds, listInstances } from "../../query/list.js";
import { modelsOfInstance } from "../../query/models.js";
import { type TableRequest, writeTable } from "../../query/table.js";
import { attachment } from "../attachment.js";
import { checkId, checkTraining, factsOf } from "../checks.js";
import type { Routes } from "../context.js";
import {
  answers,
  ERROR,
  INSTANCE_DETAIL,
  INSTANCE_FACTS,
  INSTANCE_PARAMS,
  INSTANCE_ROW,
  INSTANCE_SUMMARY,
  list,
  object,
  text,
} from "../schema.js";
import { TRAINING_SUMMARY } from "../training-schema.js";

const LIST_QUERY = {
  type: "object",
  properties: {
    filter: {
      ...text(
        "`TERM (and TERM)*`, docs/formats/filter.md: `FIELD OP VALUE` with one of `= != < <= > >= ~`, or text to be found in id, name, training, tags, note or params. Fields: `id`, `name`, `training`, `state`, `tag`, `host`, `startTime`, `stopTime`, `heartbeatTime`, `params.KEY.KEY`, `last:SERIES`, `min:SERIES`, `max:SERIES`, `count:SERIES`, `min:SERIES{rank=0}`",
      ),
      default: "",
    },
    sort: { ...text("a field, or the name of a series (its last value); with `-` in front descending"), default: "-startTime" },
    columns: text(
      "fields, `note`, `params`, `end`, or what there was where a series was at its best (`at:SERIES@min:SERIES`, `at:step@max:SERIES`), with commas between: only these are answered, in `values`",
    ),
    limit: { type: "integer", minimum: 1, maximum: 1000, default: 100 },
    cursor: text("`nextCursor` of the page before"),
  },
};

const TABLE_QUERY = {
  type: "object",
  properties: {
    training: text("only instances of this one"),
    filter: LIST_QUERY.properties.filter,
    sort: LIST_QUERY.properties.sort,
    columns: { ...text("as of `GET /v1/instances`: they stand behind id, training, display name and state"), default: "" },
    limit: { type: "integer", minimum: 1, maximum: 1_000_000_000, description: "how many at most; all where it is absent" },
    safe: {
      enum: ["0", "1"],
      default: "0",
      description: "1: cells that a spreadsheet would take for a formula begin with an apostrophe",
    },
  },
};

const PAGE = object(
  {
    instances: list({ anyOf: [INSTANCE_SUMMARY, INSTANCE_ROW] }),
    columns: { ...list({ type: "string" }), description: "the asked columns in their order" },
    total: { type: "integer" },
    nextCursor: { type: "string" },
  },
  ["instances", "total"],
);

interface ListQuery {
  filter: string;
  sort: string;
  columns?: string;
  limit: number;
  cursor?: string;
}

/** Lists and facts of trainings and instances. */
export const instanceRoutes: Routes = (app, { store, clock }) => {
  const detailOf = async (id: string): Promise<InstanceDetail> => ({
    ...(await describeInstance(store, id, clock)),
    models: await modelsOfInstance(store, id),
  });
  const trainings = { tags: ["instances"], summary: "All trainings", response: answers(object({ trainings: list(TRAINING_SUMMARY) })) };
  app.get("/v1/trainings", { schema: trainings }, async () => ({ trainings: await store.trainings(lostBeforeMs(clock)) }));

  const page = { tags: ["instances"], querystring: LIST_QUERY, response: answers(PAGE) };
  app.get<{ Querystring: ListQuery }>("/v1/instances", { schema: { ...page, summary: "Instances of all trainings" } }, (request) =>
    listInstances(store, clock, request.query),
  );
  app.get<{ Querystring: ListQuery; Params: { training: string } }>(
    "/v1/trainings/:training/instances",
    { schema: { ...page, summary: "Instances of one training", params: object({ training: text("training name") }) } },
    (request) => {
      const { query, params } = request;
      checkTraining(params.training);
      return listInstances(store, clock, { ...query, training: params.training });
    },
  );

  const ids = {
    tags: ["instances"],
    summary: "Ids of all instances that a filter lets through, in order",
    querystring: { type: "object", properties: { training: TABLE_QUERY.properties.training, filter: LIST_QUERY.properties.filter } },
    response: answers(object({ ids: list({ type: "string" }) })),
  };
  app.get<{ Querystring: IdsRequest }>("/v1/ids", { schema: ids }, async ({ query }) => {
    if (query.training !== undefined) checkTraining(query.training);
    return { ids: await listIds(store, clock, query) };
  });

  const table = {
    tags: ["instances"],
    summary: "Instances as a table in CSV, all of them",
    querystring: TABLE_QUERY,
    response: {
      200: { description: "as a file to save", content: { "text/csv": { schema: text("a head line, then a line for each instance") } } },
      "4xx": ERROR,
      "5xx": ERROR,
    },
  };
  app.get<{ Querystring: TableRequest }>("/v1/instances.csv", { schema: table }, async (request, reply) => {
    const { training } = request.query;
    if (training !== undefined) checkTraining(training);
    const pieces = writeTable(store, clock, request.query);
    // What cannot be read is a status, not a download that ends early.
    const first = await pieces.next();
    const rest = async function* (): AsyncGenerator<string> {
      yield first.value ?? "";
      yield* pieces;
    };
    return reply
      .type("text/csv; charset=utf-8")
      .header("content-disposition", attachment(`${training ?? "instances"}.csv`))
      .send(Readable.from(rest()));
  });

  const detail = {
    tags: ["instances"],
    summary: "Everything about an instance",
    params: INSTANCE_PARAMS,
    response: answers(INSTANCE_DETAIL),
  };
  app.get<{ Params: { id: string } }>("/v1/instances/:id", { schema: detail }, (request) => detailOf(request.params.id));

  const put = { tags: ["instances"], summary: "Create or update by a client-chosen id", params: INSTANCE_PARAMS, body: INSTANCE_FACTS };
  app.put<{ Params: { id: string }; Body: Record<string, unknown> }>(
    "/v1/instances/:id",
    { schema: { ...put, response: answers(INSTANCE_DETAIL) } },
    async (request) => {
      const { id } = request.params;
      checkId(id);
      await store.putFacts(id, factsOf(request.body));
      return detailOf(id);
    },
  );

  const stop = {
    tags: ["instances"],
    summary: "Ask the run to stop; delivered when its shipper next sends",
    params: INSTANCE_PARAMS,
    body: { type: ["object", "null"], properties: { reason: { type: "string", maxLength: 1000 } } },
    response: answers(INSTANCE_DETAIL),
  };
  app.post<{ Params: { id: string }; Body: { reason?: string } | null | undefined }>(
    "/v1/instances/:id/stop",
    { schema: stop },
    async (request) => {
      const { id } = request.params;
      await store.requestStop(id, plainLine(request.body?.reason ?? "") || "stopped by a person");
      return detailOf(id);
    },
  );
};
