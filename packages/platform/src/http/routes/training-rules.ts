import { LIMITS, type TrainingRules } from "ava-protocol";
import { checkRules } from "../../reparse/check-rules.js";
import { checkTraining } from "../checks.js";
import type { Routes } from "../context.js";
import { answers, list, object, text } from "../schema.js";

interface Path {
  Params: { training: string };
}

const RULES = { ...list({ type: "string" }), description: `regexes as of \`--metric\`, up to ${LIMITS.rulesPerReparse}` };
const BODY = { anyOf: [object({ rules: RULES }), RULES] };

/** `GET`, `PUT /v1/trainings/:training/rules`: what runs of a training read their output with. */
export const trainingRulesRoutes: Routes = (app, { store }) => {
  const path = "/v1/trainings/:training/rules";
  const about = { tags: ["trainings"], params: object({ training: text("training name") }) };
  const response = answers(object({ training: { type: "string" }, rules: RULES }));
  const rulesOf = async (training: string): Promise<TrainingRules> => ({
    training,
    rules: [...((await store.training(training))?.rules ?? [])],
  });

  const get = { ...about, summary: "Rules that runs of a training read their output with; none where it has none", response };
  app.get<Path>(path, { schema: get }, ({ params: { training } }) => {
    checkTraining(training);
    return rulesOf(training);
  });

  const put = {
    ...about,
    summary: "Set the rules of a training, as a file of `--rules` has them; an empty list removes them",
    body: BODY,
    response,
  };
  app.put<Path & { Body: string[] | { rules: string[] } }>(path, { schema: put }, async ({ params: { training }, body }) => {
    checkTraining(training);
    const rules = Array.isArray(body) ? body : body.rules;
    if (rules.length > 0) checkRules(rules, undefined);
    await store.putTraining(training, { rules });
    return rulesOf(training);
  });
};
