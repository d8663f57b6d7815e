import { createElement, type ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ApiError } from "../api/request.js";
import { en } from "../words/en.js";
import { SpokenContext } from "../words/use-words.js";
import { zh } from "../words/zh.js";
import { actionFailureText, failureText } from "./failure-text.js";
import { Said } from "./said.js";

const notSaved = (message: string): string => `not saved: ${message}`;
const refused = new ApiError("store_full", 507, "The disk is full.");

/** @returns what a Chinese page shows of it */
function inChinese(element: ReactNode): string {
  return renderToStaticMarkup(createElement(SpokenContext, { value: { language: "zh", words: zh } }, element));
}

test("the reader is told that the platform is away, never what the browser calls it, and of an action what to do then", () => {
  const away = new ApiError("unreachable", 0, "Failed to fetch");
  expect(failureText(away, en.common)).toBe(en.common.unreachable);
  expect(actionFailureText(away, en.common)).toBe(en.common.tryAgain);
  expect(actionFailureText(away, zh.common, notSaved)).toBe(zh.common.tryAgain);
});

test("what the platform has answered is told in its words in English", () => {
  expect(failureText(refused, en.common)).toBe("The platform could not answer: The disk is full.");
  expect(actionFailureText(refused, en.common, notSaved)).toBe("not saved: The disk is full.");
});

test("in Chinese the page has its own sentence for a code that it knows, and the platform's words behind a button", () => {
  const shown = inChinese(failureText(refused, zh.common));
  expect(shown).toContain(zh.common.failed("存储空间已满。"));
  expect(shown).toContain('aria-expanded="false"');
  expect(shown).not.toContain("The disk is full.");
  expect(inChinese(createElement(Said, { text: refused.message, isOpen: true }))).toContain('<span lang="en">The disk is full.</span>');
  expect(inChinese(actionFailureText(refused, zh.common, zh.instance.stopFailed))).toContain("停止请求失败：存储空间已满。");
});

test("an answer of a proxy is told as such, also of an action", () => {
  const foreign = new ApiError("foreign", 413, "413 Request Entity Too Large");
  for (const { common } of [en, zh]) {
    for (const text of [failureText(foreign, common), actionFailureText(foreign, common, notSaved)])
      expect(text).toBe(common.foreign("413 Request Entity Too Large"));
  }
});

test("a code of a newer platform, or an error of the page, is told as it came", () => {
  const newer = new ApiError("of_tomorrow" as "internal", 400, "Something new.");
  expect(failureText(newer, zh.common)).toBe(zh.common.failed("Something new."));
  expect(failureText(new Error("odd"), zh.common)).toBe(zh.common.failed("odd"));
});
