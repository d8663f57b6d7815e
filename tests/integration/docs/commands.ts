import { spawnSync } from "node:child_process";
import path from "node:path";
import { readPage, root } from "./blocks.js";

/** Our programs, and where they lie. */
export const programs: Record<string, string> = {
  "ava-sdk": "packages/sdk/bin/ava-sdk.js",
  "ava-platform": "packages/platform/bin/ava-platform.js",
};

/**
 * Checks that what a sh block calls exists: commands and flags of our programs by their `--help`, npm scripts by package.json.
 *
 * @param code - text of the block
 * @returns what is wrong, in words
 */
export function checkCommands(code: string): string[] {
  return splitCommands(code).flatMap((words) => {
    const start = words.findIndex((word) => !/^([A-Z_]+=.*|npx|nohup|sudo|exec)$/.test(word));
    const [word = "", ...args] = words.slice(start);
    const program = word.replace(/^node_modules\/\.bin\//, "");
    if (program in programs) return checkProgram(program, args);
    if (program === "npm") return checkNpm(args);
    return [];
  });
}

function checkProgram(program: string, args: string[]): string[] {
  let help = readHelp(program, []);
  const called = [program];
  const rest = args.includes("--") ? args.slice(0, args.indexOf("--")) : [...args];
  for (let commands = commandsIn(help); commands.length > 0; commands = commandsIn(help)) {
    const [word] = rest;
    if (word === undefined || word.startsWith("-")) break;
    if (!commands.includes(word)) return [`\`${called.join(" ")}\` has no command "${word}".`];
    called.push(word);
    rest.shift();
    help = readHelp(program, called.slice(1));
  }
  const known = new Set(help.match(/(?<![\w-])--?[a-z][a-z-]*/gi));
  const flags = rest.filter((word) => /^--?[a-z]/i.test(word)).map((word) => word.replace(/=.*/s, ""));
  return flags.filter((flag) => !known.has(flag)).map((flag) => `\`${called.join(" ")}\` has no flag ${flag}.`);
}

function checkNpm([verb, script]: string[]): string[] {
  const { scripts } = JSON.parse(readPage("package.json")) as { scripts: Record<string, string> };
  const wanted = verb === "run" ? script : verb === "test" ? "test" : undefined;
  return wanted === undefined || wanted in scripts ? [] : [`package.json has no script "${wanted}".`];
}

const helpTexts = new Map<string, string>();

function readHelp(program: string, command: string[]): string {
  const key = [program, ...command].join(" ");
  const known = helpTexts.get(key);
  if (known !== undefined) return known;
  const file = path.join(root, programs[program] ?? "");
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...command, "--help"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`\`${key} --help\` ended with ${status}: ${stderr}`);
  helpTexts.set(key, stdout);
  return stdout;
}

/** Names listed below the heading "Commands:" of a help text. */
function commandsIn(help: string): string[] {
  const [, list = ""] = /^Commands:\n((?: .*\n?)*)/m.exec(help) ?? [];
  return Array.from(list.matchAll(/^ {2}([a-z][\w|-]*)/gm), ([, name = ""]) => name.split("|")).flat();
}

/** Splits shell text into commands and those into words; understands comments, quotes, continued lines, `&&`, `||`, `|`, `;`, `&`. */
function splitCommands(code: string): string[][] {
  const commands: string[][] = [[]];
  const token = /\\\n|[ \t]+|(?<=^|\s)#[^\n]*|(?<operator>&&|\|\||[\n;|&])|(?<word>(?:\\[^\n]|'[^']*'|"(?:\\.|[^"\\])*"|[^\s;|&'"\\])+)/gs;
  for (const { groups } of code.matchAll(token)) {
    if (groups?.operator) commands.push([]);
    else if (groups?.word) commands.at(-1)?.push(groups.word.replaceAll(/['"]/g, ""));
  }
  return commands.filter((words) => words.length > 0);
}
