import { childOf, parseJsonText } from "ava-protocol";

/**
 * Keeps the text of `params` in a body beside their values, so that numbers which a float64 does not hold are kept digit for digit.
 *
 * @param body - parsed JSON of a request; gets `paramsText` where it has `params` and none
 * @param text - the JSON as it was sent
 * @returns the body
 */
export function keepParamsText(body: unknown, text: string): unknown {
  if (typeof body !== "object" || body === null || !("params" in body) || "paramsText" in body) return body;
  try {
    const params = childOf(parseJsonText(text), "params");
    return params?.kind === "object" ? { ...body, paramsText: text.slice(params.start, params.end) } : body;
  } catch {
    // Nested too deep, which is refused later with a reason.
    return body;
  }
}
