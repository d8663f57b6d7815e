import { flattenParams, type JsonTextError, parseJsonText, whyNotParamsText } from "ava-protocol";

/** What is found in a text of params: how many there are, or what is wrong and where. */
export type ParamsCheck = { count: number } | { problem: string; line: number; column: number; offset: number };

/**
 * @param text - params as a person writes them
 * @returns whether they can be saved
 */
export function checkParams(text: string): ParamsCheck {
  try {
    parseJsonText(text);
  } catch (error) {
    const { offset, message } = error as JsonTextError;
    const before = text.slice(0, offset).split("\n");
    const place = { line: before.length, column: before.at(-1)!.length + 1 };
    return { ...place, offset, problem: message.replace(`line ${place.line}, column ${place.column}: `, "") };
  }
  const why = whyNotParamsText(text);
  return why === undefined ? { count: flattenParams(text).length } : { line: 1, column: 1, offset: 0, problem: why };
}
