import { type TrainingFacts, whyNotNote, whyNotParamsText, whyNotTrainingDisplayName, writeJsonText } from "ava-protocol";
import { describeParams, describeRevision, describeTraining, paramsOfTraining } from "../../query/trainings.js";
import { checkTraining, refuseIf } from "../checks.js";
import type { Routes } from "../context.js";
import { answers, list, object, text } from "../schema.js";
import { PARAMS_REVISION, TRAINING_DETAIL, TRAINING_PARAMS } from "../training-schema.js";

interface Path {
  Params: { training: string };
}

interface NewParamsBody {
  params?: Record<string, unknown>;
  paramsText?: string;
  note?: string;
  baseRevision?: number;
}

const FACTS = object(
  {
    displayName: text("what people read in place of the name; empty for none"),
    note: text("what a person wrote; empty for none"),
    retentionDays: {
      type: "integer",
      minimum: 0,
      maximum: 36_500,
      description:
        "days after which runs that were not heard any more are deleted, but for those with the tag `keep` and those of registered models; 0 for never",
    },
  },
  [],
);

const NEW_PARAMS = object(
  {
    params: { type: "object" },
    paramsText: text("the params as they are written, digit for digit; wins over `params`"),
    note: text("why they were changed"),
    baseRevision: {
      type: "integer",
      minimum: 0,
      description: "revision that they were made from, 0 for none; 409 where there is a newer one",
    },
  },
  [],
);

/** What people tell of a training, and the params that its runs receive. */
export const trainingRoutes: Routes = (app, { store, clock }) => {
  const params = object({ training: text("training name") });
  const about = (summary: string): Record<string, unknown> => ({ tags: ["trainings"], summary, params });

  const detail = answers(TRAINING_DETAIL);
  app.get<Path>("/v1/trainings/:training", { schema: { ...about("One training"), response: detail } }, (request) => {
    checkTraining(request.params.training);
    return describeTraining(store, clock, request.params.training);
  });

  const put = {
    ...about("Create a training, or change its display name, its note and how long its runs are kept"),
    body: FACTS,
    response: detail,
  };
  app.put<Path & { Body: TrainingFacts }>("/v1/trainings/:training", { schema: put }, async (request) => {
    const { training } = request.params;
    const { displayName, note, retentionDays } = request.body;
    checkTraining(training);
    refuseIf(displayName === undefined ? undefined : whyNotTrainingDisplayName(displayName));
    refuseIf(note === undefined ? undefined : whyNotNote(note));
    await store.putTraining(training, {
      ...(displayName === undefined ? {} : { displayName }),
      ...(note === undefined ? {} : { note }),
      ...(retentionDays === undefined ? {} : { retentionDays }),
    });
    return describeTraining(store, clock, training);
  });

  const querystring = {
    type: "object",
    properties: { revision: { type: "integer", minimum: 1, description: "the newest where none is given" } },
  };
  const ofParams = answers(TRAINING_PARAMS);
  const get = { ...about("Params that runs of a training receive"), querystring, response: ofParams };
  app.get<Path & { Querystring: { revision?: number } }>("/v1/trainings/:training/params", { schema: get }, (request) => {
    checkTraining(request.params.training);
    return paramsOfTraining(store, request.params.training, request.query.revision);
  });

  const putParams = {
    ...about("New params of a training, as a new revision; the same once more make none"),
    body: NEW_PARAMS,
    response: ofParams,
  };
  app.put<Path & { Body: NewParamsBody }>("/v1/trainings/:training/params", { schema: putParams }, async (request) => {
    const { training } = request.params;
    const { params: values, note, baseRevision } = request.body;
    const paramsText = request.body.paramsText ?? (values && writeJsonText(values));
    checkTraining(training);
    refuseIf(paramsText === undefined ? "the body has neither `params` nor `paramsText`" : whyNotParamsText(paramsText));
    refuseIf(note === undefined ? undefined : whyNotNote(note));
    const made = await store.putParams(training, {
      paramsText: paramsText!,
      ...(note === undefined || note === "" ? {} : { note }),
      ...(baseRevision === undefined ? {} : { baseRevision }),
    });
    return describeParams(made);
  });

  const all = {
    ...about("Revisions of a training's params, the oldest first"),
    response: answers(object({ revisions: list(PARAMS_REVISION) })),
  };
  app.get<Path>("/v1/trainings/:training/params/revisions", { schema: all }, async (request) => {
    checkTraining(request.params.training);
    return { revisions: (await store.revisions(request.params.training)).map(describeRevision) };
  });
};
