import type { HttpAnswer } from "./http-exchange.js";

/** Of these the first value counts; several of another name are joined, as RFC 9110 has it. */
const SINGLE = new Set(
  (
    "age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since last-modified location max-forwards " +
    "proxy-authorization referer retry-after server user-agent"
  ).split(" "),
);

/**
 * @param raw - names and values, one after the other, as they came
 * @returns them by name in small letters, in the form that `node:http` gives
 */
export function headersOf(raw: readonly string[]): Required<Pick<HttpAnswer, "headers" | "headerLists">> {
  const headerLists: NodeJS.Dict<string[]> = {};
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase();
    (headerLists[name] ??= []).push(raw[at + 1] as string);
  }
  const headers: HttpAnswer["headers"] = {};
  for (const [name, values] of Object.entries(headerLists) as [string, string[]][]) {
    if (name === "set-cookie") headers[name] = values;
    else headers[name] = SINGLE.has(name) ? values[0] : values.join(name === "cookie" ? "; " : ", ");
  }
  return { headers, headerLists };
}
