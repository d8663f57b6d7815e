import { expect, test } from "vitest";
import { failureText } from "./failure-text.js";
import { ApiError } from "./request.js";

const words = { unreachable: "away", failed: (message: string) => `answered: ${message}` };

test("the reader is told that the platform is away, never what the browser calls it", () => {
  const away = new ApiError("unreachable", 0, "Failed to fetch");
  expect(failureText(away, words)).toBe("away");
  expect(failureText(away, words, (message) => `not saved: ${message}`)).toBe("away");
});

test("what the platform has answered is told in its words", () => {
  const refused = new ApiError("internal", 500, "disk full");
  expect(failureText(refused, words)).toBe("answered: disk full");
  expect(failureText(refused, words, (message) => `not saved: ${message}`)).toBe("not saved: disk full");
});
