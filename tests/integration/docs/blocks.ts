// Code blocks of the pages for people. An HTML comment on the line before a block says what a test does with it:
// `<!-- run -->` runs a sh, python, js or ts block, `<!-- save FILE -->` saves one for the blocks behind it, `<!-- continues -->` reads a ts block together
// with the one before it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Root of the repository. */
export const root: string = path.resolve(import.meta.dirname, "../../..");

/** A fenced code block. */
export interface Block {
  page: string;
  /** Line of its first fence, from 1. */
  line: number;
  language: string;
  marker: string | undefined;
  /** Where a block marked `save` is saved. */
  file: string | undefined;
  code: string;
}

/** Pages whose code is checked, as far as they exist. */
export function checkedPages(): string[] {
  const guides = existsSync(path.join(root, "docs/guides")) ? readdirSync(path.join(root, "docs/guides"), { recursive: true }) : [];
  const pages = ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", ...guides.map((guide) => path.join("docs/guides", String(guide)))];
  return pages.filter((page) => page.endsWith(".md") && existsSync(path.join(root, page)));
}

/**
 * @param page - path of a page, relative to the root
 * @returns its text
 */
export function readPage(page: string): string {
  return readFileSync(path.join(root, page), "utf8");
}

/**
 * @param page - its name in the result
 * @param text - Markdown
 * @returns the fenced blocks, in order
 */
export function findBlocks(page: string, text: string): Block[] {
  const blocks: Block[] = [];
  let open: { fence: string; indent: number; block: Block; lines: string[] } | undefined;
  let marker: string | undefined;
  let file: string | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (open) {
      if (line.trim() === open.fence) {
        blocks.push({ ...open.block, code: `${open.lines.join("\n")}\n` });
        open = undefined;
      } else open.lines.push(line.slice(open.indent));
      continue;
    }
    const [, indent = "", fence = "", language = ""] = /^(\s*)(`{3,})(\S*)/.exec(line) ?? [];
    if (fence) {
      open = { fence, indent: indent.length, block: { page, line: index + 1, language, marker, file, code: "" }, lines: [] };
      marker = file = undefined;
    } else if (line.trim()) [, marker, file] = /^\s*<!-- (run|continues|save(?= )) ?(\S+)? -->$/.exec(line) ?? [];
  }
  if (open) throw new Error(`${page}:${open.block.line}: the code block is not closed.`);
  return blocks;
}

/** @returns where a block is, for messages: `README.md:12` */
export function placeOf({ page, line }: Block): string {
  return `${page}:${line}`;
}
