import type { DialectAnswer, Route, RouteContext } from "../ports.js";
import { print64 } from "../print.js";
import { RefusedError } from "../refused-error.js";
import { Fields } from "./fields.js";
import { toInstanceId } from "./names.js";

/** Where clients 2.x, and those of 3.x after an answer 404 to `/api/3.0`, tell of a trace. */
export const TRACE_ROUTES: readonly Route[] = [{ method: "POST", path: "/api/2.0/mlflow/traces", handle: refuseTrace }];

/** What the client warns of is counted with its run, too. */
async function refuseTrace({ request, sink, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const told = fields.pairs("request_metadata");
  const run = told.find(({ key }) => key === "mlflow.sourceRun")?.value;
  const view = run === undefined ? undefined : await read.run(toInstanceId(run));
  if (view) {
    const prints = [print64(`trace ${JSON.stringify([fields.text("timestamp_ms"), told])}`)];
    await sink.append(view.id, [{ kind: "passedOver", what: "traces", count: 1 }], { prints });
  }
  throw new RefusedError("unknown", "AVA keeps no traces of MLflow. They are counted with their run, which goes on");
}
