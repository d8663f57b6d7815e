import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyRequest } from "fastify";
import type { App, HttpContext } from "../context.js";
import { answerBody } from "../errors.js";

const YEAR_SECONDS = 365 * 24 * 3600;

/**
 * @param request - for an address that no route has
 * @param portalDir - folder of the portal's files
 * @returns file of the portal's page; `undefined` where the address is not that of a page, or the portal is not built
 */
export function pageFor({ method, url }: Pick<FastifyRequest, "method" | "url">, portalDir: string): string | undefined {
  const page = join(portalDir, "index.html");
  return method === "GET" && !/^\/(v1|assets)\//.test(url) && existsSync(page) ? page : undefined;
}

/**
 * The portal's files, and its page for every other address that is not the API's; answers addresses that no route has.
 * Files in `assets/` carry a hash in their name and never change; all others are asked for again.
 */
export async function addPortal(app: App, { portalDir }: HttpContext): Promise<void> {
  if (existsSync(join(portalDir, "index.html"))) {
    await app.register(fastifyStatic, {
      root: portalDir,
      cacheControl: false,
      setHeaders: (answer, path) => {
        const isForever = path.startsWith(join(portalDir, "assets"));
        answer.setHeader("cache-control", isForever ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache");
      },
    });
  } else {
    app.get("/", { schema: { hide: true } }, (_request, reply) =>
      reply
        .type("text/plain; charset=utf-8")
        .send("ava-platform runs; its portal is not built (npm run build). The API is described at /openapi.json\n"),
    );
  }
  app.setNotFoundHandler((request, reply) => {
    if (pageFor(request, portalDir) !== undefined) return reply.sendFile("index.html");
    return reply.code(404).send(answerBody("not_found", `There is no ${request.method} ${request.url.split("?")[0]}.`));
  });
}
