import { COOKIE } from "../../auth/access.js";
import { PlatformError } from "../../error.js";
import type { Routes } from "../context.js";
import { answers, object, text } from "../schema.js";

/** A month, in seconds. */
const COOKIE_SECONDS = 30 * 24 * 3600;

const ME = object({ needsToken: { type: "boolean" }, isLoggedIn: { type: "boolean" } });

/** `POST /v1/login`, `POST /v1/logout`, `GET /v1/me`: the portal's cookie. */
export const loginRoutes: Routes = (app, { access }) => {
  const login = {
    tags: ["access"],
    summary: "Trade a token for a cookie",
    body: object({ token: text("the platform's token") }),
    response: answers(ME),
  };
  app.post<{ Body: { token: string } }>("/v1/login", { schema: login }, (request, reply) => {
    const { token } = request.body;
    if (!access.isToken(token)) throw new PlatformError("unauthorized", "This is not the platform's token.");
    setCookie(reply, encodeURIComponent(token), COOKIE_SECONDS);
    return { needsToken: access.needsToken, isLoggedIn: true };
  });

  app.post("/v1/logout", { schema: { tags: ["access"], summary: "Forget the cookie", response: answers(ME) } }, (_request, reply) => {
    setCookie(reply, "", 0);
    return { needsToken: access.needsToken, isLoggedIn: !access.needsToken };
  });

  app.get("/v1/me", { schema: { tags: ["access"], summary: "Whether this client may use the API", response: answers(ME) } }, (request) => ({
    needsToken: access.needsToken,
    isLoggedIn: access.isAllowed(request.headers),
  }));
};

function setCookie(reply: { header: (name: string, value: string) => unknown }, value: string, seconds: number): void {
  reply.header("set-cookie", `${COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`);
}
