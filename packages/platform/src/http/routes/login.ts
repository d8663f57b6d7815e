import type { FastifyReply, FastifyRequest } from "fastify";
import { COOKIE, sessionOf, tooManyAttempts } from "../../access/access.js";
import { printableAddress } from "../../access/attempt-limit.js";
import { SESSION_SECONDS } from "../../access/ended-sessions.js";
import { PlatformError } from "../../error.js";
import type { Routes } from "../context.js";
import { answers, object, text } from "../schema.js";

const ME = object({ needsToken: { type: "boolean" }, isLoggedIn: { type: "boolean" } });

/** `POST /v1/login`, `POST /v1/logout`, `GET /v1/me`: the portal's session. */
export const loginRoutes: Routes = (app, { access, warn }) => {
  const login = {
    tags: ["access"],
    summary: "Trade a token for a session in a cookie",
    body: object({ token: text("the platform's token") }),
    response: answers(ME),
  };
  app.post<{ Body: { token: string } }>("/v1/login", { schema: login }, async (request, reply) => {
    const wrong = await access.logins.inTurn(request.ip, () => {
      const waitSeconds = access.logins.waitSeconds(request.ip);
      if (waitSeconds > 0) throw tooManyAttempts(waitSeconds);
      return access.isToken(request.body.token) ? 0 : access.logins.countWrong(request.ip);
    });
    if (wrong > 0) {
      const thenWaits = access.logins.waitSeconds(request.ip);
      warn(
        `A login from ${printableAddress(request.ip)} was refused, wrong token, number ${wrong}${thenWaits > 0 ? `; no more for ${thenWaits} s` : ""}.`,
      );
      throw new PlatformError("unauthorized", "This is not the platform's token.");
    }
    access.logins.forget(request.ip);
    setCookie(request, reply, access.sessions.begin(), SESSION_SECONDS);
    return { needsToken: access.needsToken, isLoggedIn: true };
  });

  app.post("/v1/logout", { schema: { tags: ["access"], summary: "End the session", response: answers(ME) } }, async (request, reply) => {
    await access.sessions.end(sessionOf(request.headers) ?? "");
    setCookie(request, reply, "", 0);
    return { needsToken: access.needsToken, isLoggedIn: !access.needsToken };
  });

  app.get("/v1/me", { schema: { tags: ["access"], summary: "Whether this client may use the API", response: answers(ME) } }, (request) => ({
    needsToken: access.needsToken,
    isLoggedIn: access.callerOf(request.headers, request.ip) !== undefined,
  }));
};

function setCookie(request: FastifyRequest, reply: FastifyReply, value: string, seconds: number): void {
  const secure = request.protocol === "https" ? "; Secure" : "";
  reply.header("set-cookie", `${COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`);
}
