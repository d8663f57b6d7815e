import type { Dialect, Route } from "../ports.js";
import { answer, refuse } from "./answer.js";
import { FILE_STREAM_ROUTES } from "./file-stream.js";
import { FILE_ROUTES } from "./files.js";
import { GRAPHQL_ROUTES } from "./graphql/graphql.js";
import { WANDB } from "./run.js";

/** What the client tells its maker of itself; AVA drops it. */
const TELEMETRY_ROUTES: readonly Route[] = [{ method: "POST", path: "/sdk/otel/*path", handle: async () => answer({}) }];

/** wandb's clients from 0.19 on: docs/formats/dialect-wandb.md. */
export const wandbDialect: Dialect = {
  name: WANDB,
  routes: [...FILE_STREAM_ROUTES, ...GRAPHQL_ROUTES, ...FILE_ROUTES, ...TELEMETRY_ROUTES],
  refuse,
  environment: (origin, token) => ({ WANDB_BASE_URL: origin, WANDB_API_KEY: token }),
  isOpen: (path) => path.startsWith("/sdk/otel/"),
  tokenOf: ({ authorization }) => {
    const encoded = /^Basic (.+)$/.exec(authorization ?? "")?.[1];
    return encoded === undefined ? undefined : keyIn(encoded);
  },
};

/** The key is the password; any user's name stands before it. */
function keyIn(encoded: string): string | undefined {
  try {
    return atob(encoded).replace(/^[^:]*:/, "");
  } catch {
    return undefined;
  }
}
