import { LIMITS } from "ava-protocol";
import { PlatformError } from "../../error.js";
import { checkId } from "../checks.js";
import type { Routes } from "../context.js";
import { answers, INSTANCE_PARAMS, list, object, text } from "../schema.js";
import { Senders } from "../senders.js";

/** Content type of a batch of journal records, see docs/formats/journal.md. */
export const RECORDS_TYPE = "application/x-ava-records";

const REFUSAL = object({ seq: { type: "integer" }, code: text("stable code"), message: text("what is wrong") });

/** `POST /v1/instances/:id/records`: journal records of one writer. In a scope of its own: bytes are a body nowhere else. */
export const recordRoutes: Routes = (app, { store, clock }) => {
  const senders = new Senders();
  app.addContentTypeParser(RECORDS_TYPE, { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  const schema = {
    tags: ["records"],
    summary: "Journal records of one writer; each is taken once, the answer comes after the commit",
    consumes: [RECORDS_TYPE],
    params: INSTANCE_PARAMS,
    response: answers(
      object(
        {
          ack: { type: "integer" },
          refused: list(REFUSAL),
          stop: object({ reason: { type: "string" } }),
          pauseMs: { type: "integer", description: "how long the sender waits before it sends what it recorded meanwhile" },
        },
        ["ack"],
      ),
    ),
  };
  app.post<{ Params: { id: string } }>("/v1/instances/:id/records", { schema, bodyLimit: LIMITS.recordsBodyBytes }, async (request) => {
    checkId(request.params.id);
    if (!(request.body instanceof Uint8Array)) {
      throw new PlatformError("bad_request", `The body must be journal records with the content type ${RECORDS_TYPE}.`);
    }
    const answer = await store.takeRecords(request.params.id, request.body);
    const pauseMs = senders.heard(request.params.id, clock.now());
    return pauseMs === undefined ? answer : { ...answer, pauseMs };
  });
};
