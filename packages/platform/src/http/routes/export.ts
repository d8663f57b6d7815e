import { Readable } from "node:stream";
import { PlatformError } from "../../error.js";
import { type ExportFormat, exportPoints, findDamage } from "../../query/export.js";
import { inSlices } from "../../store/database/slices.js";
import type { Instance } from "../../store/instance/instance.js";
import type { Routes } from "../context.js";
import { instanceOf } from "../instance-of.js";
import { ERROR, INSTANCE_PARAMS } from "../schema.js";

const TYPES: Record<ExportFormat, string> = { csv: "text/csv; charset=utf-8", jsonl: "application/x-ndjson; charset=utf-8" };

/** `GET /v1/instances/:id/export`: every point. */
export const exportRoutes: Routes = (app, { store }) => {
  const schema = {
    tags: ["series"],
    summary: "Every point: name, labels, step, epoch, time, value",
    params: INSTANCE_PARAMS,
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
    response: { "4xx": ERROR, "5xx": ERROR },
  };
  app.get<{ Params: { id: string }; Querystring: { format: ExportFormat | "parquet"; safe: "0" | "1"; damaged: "refuse" | "skip" } }>(
    "/v1/instances/:id/export",
    { schema },
    async (request, reply) => {
      const instance = instanceOf(store, request.params.id);
      const { format, safe } = request.query;
      if (format === "parquet")
        throw new PlatformError("bad_request", "This platform does not write parquet yet. Ask for format=csv or format=jsonl.");
      const skipsDamage = request.query.damaged === "skip";
      if (!skipsDamage) await refuseDamaged(instance);
      const fileName = instance.id.replaceAll(/[^\w.-]/g, "_");
      return reply
        .type(TYPES[format])
        .header("content-disposition", `attachment; filename="${fileName}.${format}"`)
        .send(Readable.from(exportPoints(instance, { format, isSafe: safe === "1", skipsDamage })));
    },
  );
};

/** Looks before the answer begins: what comes too late to be a status would be a download that only ends early. @throws PlatformError `store_damaged` */
async function refuseDamaged(instance: Instance): Promise<void> {
  const found = [...instance.damage];
  await inSlices(findDamage(instance, (sentence) => found.push(sentence)));
  if (found.length === 0) return;
  const rest = found.length > 1 ? ` And ${found.length - 1} more places.` : "";
  throw new PlatformError("store_damaged", `${found[0]}${rest} For all other points ask with damaged=skip.`);
}
