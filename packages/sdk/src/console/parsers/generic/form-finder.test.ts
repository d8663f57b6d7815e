import { expect, it } from "vitest";
import { FormFinder } from "./form-finder.js";
import { LineForm } from "./line-form.js";

const BYTES = 4000;
/** More than there is room for. */
const LINES = 600;

/** A line of a form of its own. */
function lineOf(index: number): string {
  return String.fromCharCode(0x61 + (index % 26), 0x61 + Math.floor(index / 26)).padEnd(BYTES, "x");
}

it("of more forms than it has room for, it begins anew and knows each that comes again", () => {
  const forms = new FormFinder();
  const found = (index: number) => forms.find(Buffer.from(lineOf(index)), 0, BYTES);
  for (let index = 0; index < LINES; index += 1) {
    const form = forms.ofText(lineOf(index));
    expect(form).toBeInstanceOf(LineForm);
    expect(found(index)).toBe(form);
  }
  expect(found(0)).toBeUndefined();
  const again = forms.ofText(lineOf(0));
  expect(found(0)).toBe(again);
  expect(found(LINES - 1)).toBeInstanceOf(LineForm);
});
