import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type Block, checkedPages, findBlocks, placeOf, readPage } from "./docs/blocks.js";
import { checkCommands } from "./docs/commands.js";
import { runBlock } from "./docs/run-block.js";
import { checkTypes } from "./docs/types.js";

const blocks = checkedPages().flatMap((page) => findBlocks(page, readPage(page)));
const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** Languages with a check below, and those that only show what something looks like. */
const checkedLanguages = new Set(["ts", "js", "sh", "python", "json"]);
const shownLanguages = new Set(["text", "http", "ini"]);

function blocksOf(language: string): [string, Block][] {
  return blocks.filter((block) => block.language === language).map((block) => [placeOf(block), block]);
}

describe("code in the pages for people", () => {
  it("names its language, one that is checked or only shown", () => {
    const unknown = blocks.filter(({ language }) => !checkedLanguages.has(language) && !shownLanguages.has(language));
    expect(unknown.map((block) => `${placeOf(block)} ${block.language}`)).toEqual([]);
  });

  it("type-checks where it is TypeScript or JavaScript", () => {
    expect(checkTypes([...blocksOf("ts"), ...blocksOf("js")].map(([, block]) => block))).toBe("");
  });

  it.for(blocksOf("sh"))("calls commands that exist, %s", ([, { code }]) => {
    expect(checkCommands(code)).toEqual([]);
  });

  it.for(blocksOf("json"))("parses where it is JSON, %s", ([, { code }]) => {
    expect(() => JSON.parse(code) as unknown).not.toThrow();
  });

  it.skipIf(!hasPython).for(blocksOf("python"))("parses where it is Python, %s", ([, { code }]) => {
    const { stderr } = spawnSync("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], { input: code, encoding: "utf8" });
    expect(stderr).toBe("");
  });

  const runnable = [...blocksOf("ts"), ...blocksOf("sh"), ...(hasPython ? blocksOf("python") : [])];
  it.for(runnable.filter(([, { marker, page }]) => marker === "run" && !page.startsWith("README")))("runs, %s", async ([, block]) => {
    expect(await runBlock(block)).toMatchObject({ exitCode: 0 });
  });
});

describe("the checks of the code", () => {
  const page = (text: string): Block[] => findBlocks("page.md", text);

  it("find blocks with their markers, also inside lists", () => {
    expect(page("<!-- run -->\n\n```sh\nls\n```\n\n1. a\n   ```ts\n   let a;\n     a = 1;\n   ```\n")).toEqual([
      { page: "page.md", line: 3, language: "sh", marker: "run", file: undefined, code: "ls\n" },
      { page: "page.md", line: 8, language: "ts", marker: undefined, file: undefined, code: "let a;\n  a = 1;\n" },
    ]);
  });

  it("find where a block is saved", () => {
    expect(page("<!-- save a/b.js -->\n```js\n1;\n```\n")).toMatchObject([{ marker: "save", file: "a/b.js" }]);
  });

  it("see a type error, at its line, and read continued blocks together", () => {
    const text =
      '```ts\nconst a: number = 1;\n```\n<!-- continues -->\n```ts\nconst b: string = a;\n```\n```ts\nimport "ava-nowhere";\na;\n```\n';
    const output = checkTypes(page(text));
    expect(output).toContain("page.md-line-1.ts(2,7): error TS2322");
    expect(output).toContain("page.md-line-8.ts(2,1): error TS2304");
  });

  it.each([
    ["ava-sdk rum -- python train.py", ['`ava-sdk` has no command "rum".']],
    ["A=1 ava-sdk run --trainings a \\\n  -- python train.py --lr 1", ["`ava-sdk run` has no flag --trainings."]],
    ["ava-sdk run --training 'a; b' -- x --y # --z", []],
    ["ls | ava-platform --prot=1 && npm run nothing", ["`ava-platform` has no flag --prot.", 'package.json has no script "nothing".']],
    ["npm test\nnpm ci\nnpm run demo -- --once", []],
  ])("judge the commands of %j", (code, problems) => {
    expect(checkCommands(code)).toEqual(problems);
  });

  it("see that a run failed, and stop at its first failure", async () => {
    const [block] = page("```sh\nfalse\ntrue\n```\n");
    expect(block && (await runBlock(block)).exitCode).toBe(1);
  });
});
