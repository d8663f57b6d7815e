import { asObject, readText } from "../body.js";
import type { Dialect, DialectAnswer, RouteContext } from "../ports.js";
import { RefusedError } from "../refused-error.js";
import { answer, refuse } from "./answer.js";
import { type Call, readCall } from "./call.js";
import { logAlerts, logMetrics, logSystem } from "./log.js";
import { keepMedia, upload } from "./media.js";
import { listRuns, passFor, TRACKIO } from "./run.js";

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
    // Artifacts are told as kept, since a failure would end the training; they are counted.
    check_artifact_blobs: async ({ kwargs }) => ({ present: Array.isArray(kwargs["digests"]) ? kwargs["digests"] : [] }),
    bulk_upload_artifact_blob: async () => null,
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

async function logArtifact({ kwargs }: Call, context: RouteContext): Promise<unknown> {
  await passFor(context, [{ project: kwargs["project"], run: kwargs["run_name"], run_id: kwargs["run_id"] }], "artifacts");
  const manifest = Array.isArray(kwargs["manifest"]) ? kwargs["manifest"] : [];
  const sizes = manifest.map((entry) => Number(asObject(entry)?.["size"] ?? asObject(entry)?.["size_bytes"] ?? 0) || 0);
  const aliases = Array.isArray(kwargs["aliases"]) ? kwargs["aliases"] : [];
  return { version: 0, aliases, manifest, manifest_digest: "", size_bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
