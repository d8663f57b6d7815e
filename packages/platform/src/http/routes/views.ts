import { LIMITS, type ViewSpec } from "ava-protocol";
import { keepView, listViews, viewOf } from "../../query/views.js";
import { checkName, checkTraining, refuseIf } from "../checks.js";
import type { Routes } from "../context.js";
import { answers, list, object, type Schema, text, titled } from "../schema.js";

const FIELDS: Record<string, Schema> = {
  training: text("only instances of this one"),
  filter: text("as of `GET /v1/instances`"),
  sort: text("as of `GET /v1/instances`"),
  columns: text("as of `GET /v1/instances`; absent for those that tell the instances apart"),
  group: text("as of `GET /v1/groups`"),
  pinned: { ...list({ type: "string" }), maxItems: LIMITS.pinnedPerView, description: "ids of instances that stand first" },
};

const SPEC: Schema = { ...object(FIELDS, []), additionalProperties: false };

const VIEW = titled("SavedView", object({ name: { type: "string" }, ...FIELDS, changedTime: text("RFC 3339") }, ["name", "changedTime"]));

/** `/v1/views`: which instances, in which order and with which columns, under a name. */
export const viewRoutes: Routes = (app, { store }) => {
  const tags = ["views"];
  const params = object({ name: text("name of the view") });
  const all = { tags, summary: "All saved views", response: answers(object({ views: list(VIEW) })) };
  app.get("/v1/views", { schema: all }, async () => ({ views: await listViews(store) }));

  const one = { tags, summary: "A saved view", params, response: answers(VIEW) };
  app.get<{ Params: { name: string } }>("/v1/views/:name", { schema: one }, (request) => viewOf(store, request.params.name));

  const put = { tags, summary: "Save a view; one of the same name is replaced", params, body: SPEC, response: answers(VIEW) };
  app.put<{ Params: { name: string }; Body: ViewSpec }>("/v1/views/:name", { schema: put }, (request) => {
    const {
      params: { name },
      body,
    } = request;
    checkName(name, "name of a view", LIMITS.viewNameChars);
    refuseIf(name.trim() === "" ? "the name of a view has nothing but blanks" : undefined);
    if (body.training !== undefined) checkTraining(body.training);
    return keepView(store, name, body);
  });

  const remove = { tags, summary: "Delete a saved view", params, response: answers(object({ deleted: text("its name") })) };
  app.delete<{ Params: { name: string } }>("/v1/views/:name", { schema: remove }, async (request) => {
    const { name } = request.params;
    await store.deleteView(name);
    return { deleted: name };
  });
};
