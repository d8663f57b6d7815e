import { type RequestOptions, request, requestBytes } from "./request.js";
import type { Api } from "./routes.js";

/** What a route is asked with: the parts of its path, its query and its body, as far as it has them. */
export type Asked<Route extends keyof Api> = Omit<Api[Route], "answer" | "query"> &
  (Api[Route] extends { query: infer Query } ? { query?: Query } : unknown) & { signal?: AbortSignal };

/**
 * Calls the API; route, question and answer are typed by the platform's OpenAPI document.
 *
 * @param route - method and path: `GET /v1/instances/{id}`
 * @param asked - parts of the path, query, body as JSON, what gives the question up
 * @returns the answer
 * @throws ApiError as of {@link request}
 */
export function call<Route extends keyof Api>(route: Route, asked: Asked<Route>): Promise<Api[Route]["answer"]> {
  return request(pathOf(route, asked), optionsOf(route, asked));
}

/**
 * As {@link call}, for an answer that is not JSON.
 *
 * @param route - method and path
 * @param accept - media type that is wanted
 * @param asked - as of {@link call}
 * @returns the bytes
 * @throws ApiError as of {@link request}
 */
export function callBytes<Route extends keyof Api>(route: Route, accept: string, asked: Asked<Route>): Promise<Uint8Array> {
  return requestBytes(pathOf(route, asked), accept, optionsOf(route, asked));
}

function optionsOf(route: string, asked: object): RequestOptions {
  const { body, signal } = asked as { body?: unknown; signal?: AbortSignal };
  const [method] = route.split(" ") as [string];
  return { method, ...(body === undefined ? {} : { body }), ...(signal === undefined ? {} : { signal }) };
}

/**
 * @param route - method and path
 * @param asked - parts of the path, query
 * @returns the path with its parts and its query, as a link or a question has it
 */
export function pathOf<Route extends keyof Api>(route: Route, asked: Asked<Route>): string {
  const { path = {}, query = {} } = asked as {
    path?: Record<string, string>;
    query?: Record<string, string | number | boolean | undefined>;
  };
  const [, template] = (route as string).split(" ") as [string, string];
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return template.replaceAll(/\{(\w+|\*)\}/g, (_, name: string) => encodeURIComponent(path[name]!)) + (text === "" ? "" : `?${text}`);
}
