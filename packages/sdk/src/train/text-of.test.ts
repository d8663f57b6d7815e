import { expect, test } from "vitest";
import { textOf } from "./text-of.js";

test("whatever a program gives for words has a text, and nothing throws", () => {
  const revocable = Proxy.revocable({}, {});
  revocable.revoke();
  expect(textOf("中文")).toBe("中文");
  expect(textOf(new RangeError("out of memory"))).toBe("RangeError: out of memory");
  expect([undefined, null].map(textOf)).toEqual(["", ""]);
  expect([10n, Symbol("s"), [1, 2]].map(textOf)).toEqual(["10", "Symbol(s)", "1,2"]);
  expect(textOf(Object.create(null))).toBe("object");
  expect(textOf(revocable.proxy)).toBe("object");
});
