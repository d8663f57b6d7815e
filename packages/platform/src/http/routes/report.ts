import { LIMITS } from "ava-protocol";
import { PlatformError } from "../../error.js";
import { checkId } from "../checks.js";
import type { App, HttpContext } from "../context.js";
import { errorAnswer } from "../errors.js";
import { object } from "../schema.js";

const ANSWER = object(
  { code: { type: "integer", description: "0: taken" }, accepted: { type: "integer" }, rejected: { type: "integer" } },
  ["code"],
);

/** Route of the old client's metrics, for which it shows nothing. */
export const REPORT_PATH = "/v1/report/trainings/:id/metric";

/**
 * `POST /v1/report/trainings/:id/metric`: line protocol of the old client, which looks for `"code": 0` and sends everything else again.
 * Any content type is read as line protocol, because that client names none.
 */
export async function reportRoutes(app: App, { store }: HttpContext): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: LIMITS.jsonBodyBytes }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: PlatformError, request, reply) => {
    const { status, body } = errorAnswer(error, request);
    void reply.code(status).send({ code: status, ...body });
  });
  const schema = {
    tags: ["old client"],
    summary: "Metrics as line protocol, see docs/formats/line-protocol.md",
    response: { 200: ANSWER },
  };
  app.post<{ Params: { id: string } }>(REPORT_PATH, { schema }, async (request) => {
    checkId(request.params.id);
    if (!(request.body instanceof Uint8Array)) throw new PlatformError("bad_line_protocol", "The body is empty.");
    return { code: 0, ...(await store.takeLines(request.params.id, request.body)) };
  });
}
