import { expect, test } from "vitest";
import { actionFailureText, failureText } from "./failure-text.js";
import { ApiError } from "./request.js";

const words = { unreachable: "away", tryAgain: "away: try again", failed: (message: string) => `answered: ${message}` };
const notSaved = (message: string): string => `not saved: ${message}`;

test("the reader is told that the platform is away, never what the browser calls it, and of an action what to do then", () => {
  const away = new ApiError("unreachable", 0, "Failed to fetch");
  expect(failureText(away, words)).toBe("away");
  expect(actionFailureText(away, words)).toBe("away: try again");
  expect(actionFailureText(away, words, notSaved)).toBe("away: try again");
});

test("what the platform has answered is told in its words", () => {
  const refused = new ApiError("internal", 500, "disk full");
  expect(failureText(refused, words)).toBe("answered: disk full");
  expect(actionFailureText(refused, words)).toBe("answered: disk full");
  expect(actionFailureText(refused, words, notSaved)).toBe("not saved: disk full");
});
