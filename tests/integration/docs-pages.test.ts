import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { findBlocks, readPage, root } from "./docs/blocks.js";

const hasReadmes = ["README.md", "README.zh-CN.md"].every((page) => existsSync(path.join(root, page)));

it.runIf(hasReadmes)("the READMEs are translations of each other: same headings, same blocks, same commands", () => {
  expect(outline("README.zh-CN.md")).toEqual(outline("README.md"));
});

/** What a translation leaves as it is. */
function outline(page: string): unknown {
  const blocks = findBlocks(page, readPage(page));
  const prose = readPage(page).replaceAll(/^(\s*`{3,})[^]*?^\s*`{3,}$/gm, "");
  return {
    headings: prose.match(/^#+(?= )/gm),
    blocks: blocks.map(({ language, marker, file, code }) => ({ language, marker, file, code })),
  };
}

it("CONTRIBUTING lists every script of package.json and no other", () => {
  const { scripts } = JSON.parse(readPage("package.json")) as { scripts: Record<string, string> };
  const listed = Array.from(readPage("CONTRIBUTING.md").matchAll(/^\| `npm (?:run )?([\w:-]+)` \|/gm), ([, name]) => name);
  expect(listed).toEqual(Object.keys(scripts));
  expect(listed.length).toBeLessThan(15);
});

it("every runtime dependency of the packages has a page in docs/decisions", () => {
  const pages = readdirSync(path.join(root, "docs/decisions")).map((page) => readPage(path.join("docs/decisions", page)));
  const dependencies = readdirSync(path.join(root, "packages")).flatMap((name) => {
    const file = readFileSync(path.join(root, "packages", name, "package.json"), "utf8");
    return Object.keys((JSON.parse(file) as { dependencies?: object }).dependencies ?? {});
  });
  const foreign = [...new Set(dependencies)].filter((name) => !name.startsWith("ava-"));
  expect(foreign.filter((name) => !pages.some((page) => page.includes(`\`${name}\``)))).toEqual([]);
});

it("the pages in docs/decisions are numbered once each, and its README lists all of them", () => {
  const pages = readdirSync(path.join(root, "docs/decisions")).filter((page) => page !== "README.md");
  const numbers = pages.map((page) => /^(\d{4})-[a-z0-9-]+\.md$/.exec(page)?.[1] ?? page);
  expect(numbers).toEqual([...new Set(numbers)]);
  expect(numbers.filter((number) => !/^\d{4}$/.test(number))).toEqual([]);
  const listed = Array.from(readPage("docs/decisions/README.md").matchAll(/\]\(([^)]+)\)/g), ([, page]) => page);
  expect(listed.sort()).toEqual(pages.sort());
});

it("links between the pages of this repository lead to files that exist", () => {
  const pages = readdirSync(path.join(root, "docs"), { recursive: true })
    .map((page) => path.join("docs", String(page)))
    .concat(readdirSync(root))
    .filter((page) => page.endsWith(".md"));
  const broken = pages.flatMap((page) =>
    Array.from(readPage(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g), ([, target = ""]) => ({ page, target })).filter(
      ({ target }) => !existsSync(path.resolve(root, path.dirname(page), target)),
    ),
  );
  expect(broken).toEqual([]);
});
