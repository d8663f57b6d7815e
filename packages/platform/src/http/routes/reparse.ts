import { LIMITS, type ReparseRequest } from "ava-protocol";
import { Reparser } from "../../reparse/reparse.js";
import { summarizeReparses } from "../../reparse/summary.js";
import type { Routes } from "../context.js";
import { answers, INSTANCE_PARAMS, LABELS, list, object, type Schema, text, titled, WIRE_NUMBER } from "../schema.js";

const REQUEST = object(
  {
    rules: { ...list({ type: "string" }), description: `regexes as of \`--metric\`, up to ${LIMITS.rulesPerReparse}` },
    parser: text("parsers whose values are added, too, as of `--parser`; default: of the rules alone"),
    preview: { type: "boolean", default: false, description: "only tell what would be added" },
  },
  [],
);

const POINT = object(
  {
    value: WIRE_NUMBER,
    step: WIRE_NUMBER,
    epoch: WIRE_NUMBER,
    timeNs: text("nanoseconds since 1970"),
    offset: { type: "integer", description: "first byte of its line in the log" },
    line: { type: "integer", description: "number of its line in the log, from 1" },
  },
  ["value", "step", "timeNs", "offset", "line"],
);

const ANSWER = object(
  {
    n: { type: "integer", description: "to be undone with; absent for a preview, and where nothing was added" },
    preview: { type: "boolean" },
    points: { type: "integer", description: "new points of all series" },
    known: { type: "integer", description: "points that were read and are there already" },
    refusedPoints: { type: "integer", description: "points that cannot be taken" },
    reason: text("why the first of these"),
    series: list(
      object({
        name: { type: "string" },
        labels: LABELS,
        points: { type: "integer" },
        known: { type: "integer" },
        others: { type: "integer", description: "points that the series has beside these" },
        first: POINT,
        last: POINT,
      }),
    ),
    silentRules: list(text("a rule that has read nothing")),
    logBytes: { type: "integer", description: "bytes of the log that were read" },
    damage: list(text("a stretch of the log that is damaged")),
  },
  ["preview", "points", "known", "series", "silentRules", "logBytes"],
);

const SUMMARY: Schema = titled(
  "ReparseSummary",
  object(
    {
      n: { type: "integer" },
      time: text("RFC 3339"),
      state: { enum: ["running", "unfinished", "done", "undone"] },
      rules: list({ type: "string" }),
      parser: { type: "string" },
      points: { type: "integer" },
      series: list(object({ name: { type: "string" }, labels: LABELS, points: { type: "integer" } })),
      logBytes: { type: "integer" },
    },
    ["n", "time", "state", "rules", "points", "series", "logBytes"],
  ),
);

const READING: Schema = titled(
  "ReparseReading",
  object({
    preview: { type: "boolean" },
    readBytes: { type: "integer", description: "bytes that are read" },
    logBytes: { type: "integer", description: "bytes that are to be read" },
  }),
);

const NUMBER_PARAMS = object({ id: text("instance id"), n: { type: "integer", minimum: 1, description: "number of the reparse" } });

/** `POST`, `GET /v1/instances/:id/reparse`, `DELETE /v1/instances/:id/reparse/:n`: new rules over a stored log, and their undoing. */
export const reparseRoutes: Routes = (app, { store }) => {
  const tags = ["logs"];
  const reparser = new Reparser(store);
  app.addHook("onClose", () => reparser.close());
  const summaries = async (id: string) => summarizeReparses(await store.instance(id), reparser.isBusy(id));

  const add = {
    tags,
    summary: "Read the stored log again with new rules: adds the points that are not there yet, or tells them",
    params: INSTANCE_PARAMS,
    body: REQUEST,
    response: answers(ANSWER),
  };
  app.post<{ Params: { id: string }; Body: ReparseRequest }>("/v1/instances/:id/reparse", { schema: add }, (request) =>
    reparser.reparse(request.params.id, request.body),
  );

  const show = {
    tags,
    summary: "Reparses of an instance, and how far its log is read by those at work",
    params: INSTANCE_PARAMS,
    response: answers(object({ reparses: list(SUMMARY), reading: list(READING) })),
  };
  app.get<{ Params: { id: string } }>("/v1/instances/:id/reparse", { schema: show }, async (request) => ({
    reparses: await summaries(request.params.id),
    reading: reparser.readingsOf(request.params.id),
  }));

  const undo = { tags, summary: "Remove what a reparse added, and nothing else", params: NUMBER_PARAMS, response: answers(SUMMARY) };
  app.delete<{ Params: { id: string; n: number } }>("/v1/instances/:id/reparse/:n", { schema: undo }, async (request) => {
    const { id, n } = request.params;
    const endTurn = await store.takeReparseTurn(id);
    await store.undoReparse(id, n).finally(endTurn);
    return (await summaries(id)).find((one) => one.n === n);
  });
};
