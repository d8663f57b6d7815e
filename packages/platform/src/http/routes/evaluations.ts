import { LIMITS } from "ava-protocol";
import { describeEvaluation, evaluationOf, newestEvaluations } from "../../query/evaluations.js";
import { checkName } from "../checks.js";
import type { Routes } from "../context.js";
import { answers, list, object, type Schema, text, titled } from "../schema.js";

const FACTS: Record<string, Schema> = {
  name: { type: "string" },
  createdTime: text("RFC 3339; when its result came"),
  instance: text("the run that was evaluated, where the result names it as `trainingRef.instanceID`, as a model does"),
  model: text("name of the model that was evaluated, where the result has it as `model`"),
  metric: { type: "object", additionalProperties: true, description: "`metric` of the result" },
};
const REQUIRED = ["name", "createdTime"];
const RESULT: Schema = { type: "object", additionalProperties: true };

const EVALUATION = titled("Evaluation", object(FACTS, REQUIRED));
const DETAIL = titled("EvaluationDetail", object({ ...FACTS, result: RESULT }, [...REQUIRED, "result"]));

interface Named {
  Params: { name: string };
}

/** Evaluations: results that the client of 2018, or a program of today, puts under a name. */
export const evaluationRoutes: Routes = (app, { store }) => {
  const tags = ["evaluations"];
  const params = object({ name: text("name of the evaluation") });
  const all = {
    tags,
    summary: "All evaluations, the newest first",
    querystring: { type: "object", properties: { instance: text("only evaluations of this instance") } },
    response: answers(object({ evaluations: list(EVALUATION) })),
  };
  app.get<{ Querystring: { instance?: string } }>("/v1/evaluations", { schema: all }, async (request) => ({
    evaluations: (await newestEvaluations(store, request.query.instance)).map(describeEvaluation),
  }));

  const one = { tags, summary: "One evaluation with its result", params, response: answers(DETAIL) };
  app.get<Named>("/v1/evaluations/:name", { schema: one }, async (request) => {
    const evaluation = await evaluationOf(store, request.params.name);
    return { ...describeEvaluation(evaluation), result: evaluation.result };
  });

  const path = "/v1/evaluations/:name/result";
  const put = { tags: ["old client"], summary: "Keep the result of an evaluation; one of the same name is replaced", params, body: RESULT };
  app.put<Named & { Body: Record<string, unknown> }>(path, { schema: put }, async (request) => {
    checkName(request.params.name, "name of an evaluation", LIMITS.modelNameChars);
    await store.putEvaluation(request.params.name, request.body);
    return {};
  });
  const get = { tags: ["old client"], summary: "Result of an evaluation, as it was put", params };
  app.get<Named>(path, { schema: get }, async (request) => (await evaluationOf(store, request.params.name)).result);
};
