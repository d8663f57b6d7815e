import { asObject, readObject } from "../../body.js";
import type { DialectAnswer, Route, RouteContext } from "../../ports.js";
import { RefusedError } from "../../refused-error.js";
import { answer, errors } from "../answer.js";
import { ARTIFACT_OPERATIONS } from "./artifacts.js";
import type { Operation } from "./operation.js";
import { RUN_OPERATIONS } from "./runs.js";
import { describeTypes, SERVER_OPERATIONS } from "./server.js";

/** The one address of all GraphQL requests. */
export const GRAPHQL_ROUTES: readonly Route[] = [{ method: "POST", path: "/graphql", handle: graphql }];

const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({ ...SERVER_OPERATIONS, ...RUN_OPERATIONS, ...ARTIFACT_OPERATIONS }),
);
const NAME = /^\s*(?:query|mutation)\s+(\w+)/;
/** How clients from 0.22 on check their key: the one question without a name. */
const NAMELESS_VIEWER = /^\s*(?:query\s*)?\{\s*viewer\b/;

async function graphql(context: RouteContext): Promise<DialectAnswer> {
  const body = await readObject(context.request.body);
  const query = typeof body["query"] === "string" ? body["query"] : "";
  const types = describeTypes(query);
  if (types) return answer({ data: types });
  const name = NAMELESS_VIEWER.test(query) ? "Viewer" : (NAME.exec(query)?.[1] ?? "");
  const operation = OPERATIONS.get(name);
  if (!operation) return answer(errors(`AVA takes what runs log; it does not answer the request ${JSON.stringify(name)} of wandb's API`));
  try {
    return answer({ data: await operation(asObject(body["variables"]) ?? {}, context) });
  } catch (error) {
    // As wandb's server: a refusal is an answer, and the client goes on. What may be done later keeps its status.
    if (!(error instanceof RefusedError) || error.kind === "unavailable") throw error;
    return answer(errors(error.message));
  }
}
