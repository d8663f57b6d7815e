import { Readable } from "node:stream";
import { PlatformError } from "../../error.js";
import { type ExportFormat, exportPoints } from "../../query/export.js";
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
      },
    },
    response: { "4xx": ERROR },
  };
  app.get<{ Params: { id: string }; Querystring: { format: ExportFormat | "parquet"; safe: "0" | "1" } }>(
    "/v1/instances/:id/export",
    { schema },
    (request, reply) => {
      const instance = instanceOf(store, request.params.id);
      const { format, safe } = request.query;
      if (format === "parquet")
        throw new PlatformError("bad_request", "This platform does not write parquet yet. Ask for format=csv or format=jsonl.");
      const fileName = instance.id.replaceAll(/[^\w.-]/g, "_");
      return reply
        .type(TYPES[format])
        .header("content-disposition", `attachment; filename="${fileName}.${format}"`)
        .send(Readable.from(exportPoints(instance, { format, isSafe: safe === "1" })));
    },
  );
};
