import { type InstanceDetail, plainLine } from "ava-protocol";
import { describeInstance, lostBeforeMs } from "../../query/instances.js";
import { listInstances } from "../../query/list.js";
import { modelsOfInstance } from "../../query/models.js";
import { checkId, checkTraining, factsOf } from "../checks.js";
import type { Routes } from "../context.js";
import { answers, INSTANCE_DETAIL, INSTANCE_FACTS, INSTANCE_PARAMS, INSTANCE_SUMMARY, list, object, text } from "../schema.js";

const TRAINING = object({
  name: { type: "string" },
  instances: { type: "integer" },
  running: { type: "integer" },
  lastStartTime: text("RFC 3339"),
});

const LIST_QUERY = {
  type: "object",
  properties: {
    filter: {
      ...text(
        "terms with spaces between, all must hold: `training=NAME`, `state=running,lost`, `params.KEY.KEY=VALUE`, or text to be found in id, name, training or params",
      ),
      default: "",
    },
    sort: {
      ...text(
        "`id`, `training`, `state`, `startTime`, `stopTime`, `heartbeatTime`, `params.KEY`, the name of a series (its last value), `min:NAME` or `max:NAME`; with `-` in front descending",
      ),
      default: "-startTime",
    },
    limit: { type: "integer", minimum: 1, maximum: 1000, default: 100 },
    cursor: text("`nextCursor` of the page before"),
  },
};

const PAGE = object({ instances: list(INSTANCE_SUMMARY), total: { type: "integer" }, nextCursor: { type: "string" } }, [
  "instances",
  "total",
]);

interface ListQuery {
  filter: string;
  sort: string;
  limit: number;
  cursor?: string;
}

/** Lists and facts of trainings and instances. */
export const instanceRoutes: Routes = (app, { store, clock }) => {
  const detailOf = async (id: string): Promise<InstanceDetail> => ({
    ...(await describeInstance(store, id, clock)),
    models: await modelsOfInstance(store, id),
  });
  const trainings = { tags: ["instances"], summary: "All trainings", response: answers(object({ trainings: list(TRAINING) })) };
  app.get("/v1/trainings", { schema: trainings }, async () => ({ trainings: await store.trainings(lostBeforeMs(clock)) }));

  const page = { tags: ["instances"], querystring: LIST_QUERY, response: answers(PAGE) };
  app.get<{ Querystring: ListQuery }>("/v1/instances", { schema: { ...page, summary: "Instances of all trainings" } }, (request) =>
    listInstances(store, clock, { ...request.query, cursor: request.query.cursor }),
  );
  app.get<{ Querystring: ListQuery; Params: { training: string } }>(
    "/v1/trainings/:training/instances",
    { schema: { ...page, summary: "Instances of one training", params: object({ training: text("training name") }) } },
    (request) => {
      const { query, params } = request;
      checkTraining(params.training);
      return listInstances(store, clock, { ...query, cursor: query.cursor, training: params.training });
    },
  );

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
