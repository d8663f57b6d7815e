import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { PlatformError } from "../../error.js";
import { type ExportFormat, exportPoints } from "../../query/export/export.js";
import { listIds } from "../../query/list.js";
import type { Store } from "../../store/contract/store.js";
import { attachment } from "../attachment.js";
import { checkTraining } from "../checks.js";
import type { Routes } from "../context.js";
import { ERROR, INSTANCE_PARAMS, object, text } from "../schema.js";

const TYPES: Record<ExportFormat, string> = {
  csv: "text/csv; charset=utf-8",
  jsonl: "application/x-ndjson; charset=utf-8",
  parquet: "application/vnd.apache.parquet",
};

const SCHEMA = {
  tags: ["series"],
  querystring: {
    type: "object",
    properties: {
      format: { enum: ["csv", "jsonl", "parquet"], default: "csv" },
      safe: {
        enum: ["0", "1"],
        default: "0",
        description: "1: CSV cells that a spreadsheet would take for a formula begin with an apostrophe",
      },
      damaged: {
        enum: ["refuse", "skip"],
        default: "refuse",
        description: "when points are damaged in the store: answer `store_damaged`, or export all others",
      },
    },
  },
  response: {
    200: {
      description: "the points in the format that was asked for, as a file to save",
      content: {
        "text/csv": { schema: text("a head line, then a line for each point; a label or an epoch that is absent is an empty cell") },
        "application/x-ndjson": { schema: text("an object for each point on a line of its own; what is not finite is text") },
        [TYPES.parquet]: { schema: { type: "string", format: "binary", description: "row groups of up to 32,768 points, Snappy" } },
      },
    },
    "4xx": ERROR,
    "5xx": ERROR,
  },
};

interface ExportQuery {
  format: ExportFormat;
  safe: "0" | "1";
  damaged: "refuse" | "skip";
}

/** `GET /v1/instances/:id/export` and `GET /v1/trainings/:training/export`: every point. */
export const exportRoutes: Routes = (app, { store, clock }) => {
  const ofInstance = { ...SCHEMA, summary: "Every point: name, labels, step, epoch, time, value", params: INSTANCE_PARAMS };
  app.get<{ Params: { id: string }; Querystring: ExportQuery }>("/v1/instances/:id/export", { schema: ofInstance }, (request, reply) => {
    const { id } = request.params;
    return sendPoints(store, [id], id, false, request.query, reply);
  });

  const ofTraining = {
    ...SCHEMA,
    summary: "Every point of all instances of a training, in the order of their ids; the first column is the instance",
    params: object({ training: text("training name") }),
  };
  app.get<{ Params: { training: string }; Querystring: ExportQuery }>(
    "/v1/trainings/:training/export",
    { schema: ofTraining },
    async (request, reply) => {
      const { training } = request.params;
      checkTraining(training);
      const instances = await listIds(store, clock, { training, filter: "" });
      if (instances.length === 0) throw new PlatformError("not_found", `There is no training ${training}.`);
      return sendPoints(store, instances, training, true, request.query, reply);
    },
  );
};

async function sendPoints(
  store: Store,
  instances: readonly string[],
  name: string,
  hasInstance: boolean,
  { format, safe, damaged }: ExportQuery,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const skipsDamage = damaged === "skip";
  // What is wrong with an instance as a whole is a status, not a download that ends early.
  for (const id of instances) await store.instance(id);
  if (!skipsDamage) await refuseDamaged(store, instances);
  const points = exportPoints(store, instances, { format, hasInstance, isSafe: safe === "1", skipsDamage });
  return reply
    .type(TYPES[format])
    .header("content-disposition", attachment(`${name}.${format}`))
    .send(Readable.from(points));
}

/** Looks before the answer begins: what comes too late to be a status would be a download that only ends early. @throws PlatformError `store_damaged` */
async function refuseDamaged(store: Store, instances: readonly string[]): Promise<void> {
  const found: string[] = [];
  for (const id of instances) found.push(...(await store.findDamage(id)));
  if (found.length === 0) return;
  const rest = found.length > 1 ? ` And ${found.length - 1} more places.` : "";
  throw new PlatformError("store_damaged", `${found[0]}${rest} For all other points ask with damaged=skip.`);
}
