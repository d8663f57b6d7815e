import { type InstanceFacts, type InstanceSummary, strictJsonText } from "ava-protocol";
import { JsonSource } from "../json-source.js";
import { paramsOf } from "../store/listing/params.js";

/**
 * Params as answers carry them: as JSON, and as they were written.
 *
 * @param facts - of an instance; stores of earlier versions have `params`
 * @returns both fields of the answer
 */
export function paramsAnswer(facts: Readonly<InstanceFacts>): Pick<InstanceSummary, "params" | "paramsText"> {
  const { text, root } = paramsOf(facts);
  // It is written out by `stringifyAnswer`, number for number.
  return { params: new JsonSource(strictJsonText(text, root)) as object as Record<string, unknown>, paramsText: text };
}
