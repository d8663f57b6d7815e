import { readText } from "../body.js";
import type { Dialect, DialectAnswer, RouteContext } from "../ports.js";
import { RefusedError } from "../refused-error.js";
import { answer, refuse } from "./answer.js";
import { keepBlobs, logArtifact } from "./artifacts.js";
import { type Call, readCall } from "./call.js";
import { logAlerts, logMetrics, logSystem } from "./log.js";
import { keepMedia, upload } from "./media.js";
import { listRuns, TRACKIO } from "./run.js";

/** The only one that there has been. */
const API_VERSION = 1;

type Operation = (call: Call, context: RouteContext) => Promise<unknown>;

/** What the client calls, by name. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>(
  Object.entries({
    bulk_log: logMetrics,
    bulk_log_system: logSystem,
    bulk_alert: logAlerts,
    get_runs_for_project: listRuns,
    bulk_upload_media: keepMedia,
    // Each run has its own copy.
    check_artifact_blobs: async () => ({ present: [] }),
    bulk_upload_artifact_blob: keepBlobs,
    artifact_log: logArtifact,
    log_artifact_use: async () => null,
  }),
);

/** Trackio's client: docs/formats/dialect-trackio.md. */
export const trackioDialect: Dialect = {
  name: TRACKIO,
  routes: [
    {
      method: "GET",
      path: "/version",
      handle: async () =>
        answer({ version: "0.43.0", api_version: API_VERSION, writes_paused: false, api_transport: "http", mcp_enabled: false }),
    },
    { method: "POST", path: "/api/upload", handle: upload },
    { method: "POST", path: "/api/:operation", handle: call },
  ],
  refuse,
  environment: (origin, token) => ({ TRACKIO_SERVER_URL: origin, TRACKIO_WRITE_TOKEN: token }),
  isOpen: () => false,
  tokenOf: (headers) => headers["x-trackio-write-token"],
};

async function call(context: RouteContext): Promise<DialectAnswer> {
  const name = context.parts["operation"] as string;
  const operation = OPERATIONS.get(name);
  if (!operation) throw new RefusedError("unknown", `AVA takes what runs log; it does not answer ${JSON.stringify(name)} of Trackio`);
  return answer({ data: (await operation(readCall(await readText(context.request.body)), context)) ?? null });
}
