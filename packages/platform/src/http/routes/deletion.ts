import { PlatformError } from "../../error.js";
import { describeInstance } from "../../query/instances.js";
import { listIds } from "../../query/list.js";
import { checkTraining } from "../checks.js";
import type { Routes } from "../context.js";
import { answers, INSTANCE_DETAIL, INSTANCE_PARAMS, list, object, text } from "../schema.js";

/** `DELETE /v1/instances/:id`, `POST /v1/instances/:id/restore`, `DELETE /v1/trainings/:training`: what is deleted can be restored for seven days. */
export const deletionRoutes: Routes = (app, { store, clock }) => {
  const tags = ["instances"];
  const deleted = answers(object({ deleted: list({ type: "string" }) }));
  const remove = { tags, summary: "Delete an instance; it can be restored for seven days", params: INSTANCE_PARAMS, response: deleted };
  app.delete<{ Params: { id: string } }>("/v1/instances/:id", { schema: remove }, async (request) => {
    await store.deleteInstance(request.params.id);
    return { deleted: [request.params.id] };
  });

  const restore = { tags, summary: "Bring a deleted instance back as it was", params: INSTANCE_PARAMS, response: answers(INSTANCE_DETAIL) };
  app.post<{ Params: { id: string } }>("/v1/instances/:id/restore", { schema: restore }, async (request) => {
    await store.restoreInstance(request.params.id);
    return describeInstance(store, request.params.id, clock);
  });

  const ofTraining = {
    tags,
    summary: "Delete a training with all its instances; each can be restored for seven days, and brings the training back",
    params: object({ training: text("training name") }),
    response: deleted,
  };
  app.delete<{ Params: { training: string } }>("/v1/trainings/:training", { schema: ofTraining }, async (request) => {
    const { training } = request.params;
    checkTraining(training);
    const ids = await listIds(store, clock, { training, filter: "" });
    const told = await store.training(training);
    if (ids.length === 0 && told === undefined) throw new PlatformError("not_found", `There is no training ${training}.`);
    for (const id of ids) await store.deleteInstance(id);
    await store.deleteTraining(training);
    return { deleted: ids };
  });
};
