import type { Dialect, Route } from "../ports.js";
import { answer, refuse } from "./answer.js";
import { ARTIFACT_ROUTES } from "./artifacts.js";
import { EXPERIMENT_ROUTES } from "./experiments.js";
import { HISTORY_ROUTES } from "./history.js";
import { LOG_ROUTES } from "./log.js";
import { MODEL_ROUTES } from "./models.js";
import { MLFLOW } from "./names.js";
import { REGISTRY_ROUTES } from "./registry.js";
import { RUN_ROUTES } from "./runs.js";
import { SEARCH_ROUTES } from "./search/search-runs.js";
import { TRACE_ROUTES } from "./traces.js";

/** The version that we say: of the API that we follow. */
const VERSION = "3.11.0";

const SERVER_ROUTES: readonly Route[] = [
  { method: "GET", path: "/health", handle: async () => ({ status: 200, body: "OK" }) },
  { method: "GET", path: "/version", handle: async () => ({ status: 200, body: VERSION }) },
  {
    method: "GET",
    path: "/api/3.0/mlflow/server-info",
    handle: async () => answer({ store_type: "SqlStore", workspaces_enabled: false }),
  },
];

/** MLflow's tracking clients, 2.x and 3.x: docs/formats/dialect-mlflow.md. */
export const mlflowDialect: Dialect = {
  name: MLFLOW,
  routes: [
    ...LOG_ROUTES,
    ...RUN_ROUTES,
    ...MODEL_ROUTES,
    ...REGISTRY_ROUTES,
    ...EXPERIMENT_ROUTES,
    ...ARTIFACT_ROUTES,
    ...HISTORY_ROUTES,
    ...SEARCH_ROUTES,
    ...TRACE_ROUTES,
    ...SERVER_ROUTES,
  ],
  refuse,
  environment: (origin, token) => ({ MLFLOW_TRACKING_URI: origin, MLFLOW_TRACKING_TOKEN: token }),
  isOpen: (path) => path === "/health" || path === "/version",
  tokenOf: ({ authorization }) => /^Bearer (.+)$/.exec(authorization ?? "")?.[1],
};
