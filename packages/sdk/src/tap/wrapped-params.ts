import { membersOf, mergeParams } from "ava-dialects";

/** Params of the wrapped instance: those that it was started with, and what each client adds. */
export class WrappedParams {
  private text: string;

  /** @param text - JSON text of an object */
  constructor(text: string) {
    this.text = text;
  }

  /** @param paramsText - all that a client has told @returns all params */
  add(paramsText: string): string {
    this.text = mergeParams(this.text, { within: [], members: membersOf(paramsText) });
    return this.text;
  }
}
