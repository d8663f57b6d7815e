import { randomBytes } from "node:crypto";
import type { InstanceFacts } from "ava-protocol";
import { PlatformError } from "../../error.js";
import { describeInstance } from "../../query/instances.js";
import { checkId, checkTraining, factsOf } from "../checks.js";
import type { Routes } from "../context.js";
import { answers, INSTANCE_DETAIL, object, text } from "../schema.js";

const SPEC = {
  type: "object",
  properties: {
    status: { type: "string", description: "`running`, `done` or `failed`" },
    params: { type: "object" },
    paramsText: { type: "string" },
    startTime: text("RFC 3339"),
    stopTime: text("RFC 3339"),
    errMsg: { type: "string" },
  },
};

type Spec = { [field in "status" | "errMsg" | "params" | "paramsText" | "startTime" | "stopTime"]?: unknown };

interface Params {
  training: string;
  id: string;
}

/** Routes of the published Python client's API server for instances. */
export const oldClientRoutes: Routes = (app, { store, clock, access }) => {
  const tags = ["old client"];
  const describe = async (id: string): Promise<Record<string, unknown>> => {
    const detail = await describeInstance(store, id, clock);
    return { ...detail, status: detail.state, errMsg: detail.end?.message ?? "" };
  };

  const params = object({ training: text("training name") });
  const create = {
    tags,
    summary: "Create an instance; the platform chooses its id",
    params,
    body: SPEC,
    response: answers(INSTANCE_DETAIL),
  };
  app.post<{ Params: Params; Body: Spec }>("/v1/trainings/:training/instances", { schema: create }, async (request) => {
    const { training } = request.params;
    checkTraining(training);
    // What a client with the key pair creates may be told metrics without authorization.
    const id = request.caller === "key pair" ? access.oldClientIds.make() : randomBytes(8).toString("hex");
    await store.putFacts(id, { state: "running", ...toFacts(request.body), training });
    return describe(id);
  });

  const path = "/v1/trainings/:training/instances/:id";
  const both = object({ training: text("training name"), id: text("instance id") });
  app.get<{ Params: Params }>(
    path,
    { schema: { tags, summary: "One instance", params: both, response: answers(INSTANCE_DETAIL) } },
    async (request) => {
      const { training, id } = request.params;
      if ((await store.instance(id)).training !== training)
        throw new PlatformError("not_found", `The training ${training} has no instance ${id}.`);
      return describe(id);
    },
  );
  const put = { tags, summary: "Update an instance", params: both, body: SPEC, response: answers(INSTANCE_DETAIL) };
  app.put<{ Params: Params; Body: Spec }>(path, { schema: put }, async (request) => {
    const { training, id } = request.params;
    checkTraining(training);
    checkId(id);
    await store.putFacts(id, { ...toFacts(request.body), training });
    return describe(id);
  });
};

/** The old spec's `status` and `errMsg` are today's `state` and `end.message`. A client that joins a run puts back all that it was told of it: only these are taken. */
function toFacts({ status, errMsg, params, paramsText, startTime, stopTime }: Spec): InstanceFacts {
  const end = typeof errMsg === "string" && errMsg !== "" ? { message: errMsg } : undefined;
  const told = Object.entries({ state: status, params, paramsText, startTime, stopTime, end }).filter(([, value]) => value !== undefined);
  return factsOf(Object.fromEntries(told));
}
