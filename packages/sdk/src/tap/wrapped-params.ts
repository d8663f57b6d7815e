import { createHash } from "node:crypto";
import { membersOf, mergeParams } from "ava-dialects";
import type { InstanceFacts } from "ava-protocol";

/** Params of the wrapped instance: those that it was started with, and what each client adds. */
export class WrappedParams {
  private text: string;
  private readonly baseSum: string;

  /** @param text - JSON text of an object */
  constructor(text: string) {
    this.text = text;
    this.baseSum = createHash("sha256").update(text).digest("hex");
  }

  /** @param paramsText - all that a client has told @returns facts with all params */
  add(paramsText: string): Pick<InstanceFacts, "paramsText" | "paramsBaseSum"> {
    this.text = mergeParams(this.text, { within: [], members: membersOf(paramsText) });
    return { paramsText: this.text, paramsBaseSum: this.baseSum };
  }
}
