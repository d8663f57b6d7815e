import { nodeAt } from "ava-protocol";
import { Command } from "commander";
import { readParamsText } from "../place/params/params.js";

/** @returns the command `ava-sdk params` */
export function buildParamsCommand(): Command {
  const command = new Command("params").description("Read the params of this run as JSON.");
  command
    .command("get")
    .description("Print one param as JSON; nothing when it does not exist.")
    .argument("<key>", "levels separated by dots: solver.lr")
    .option("--default <value>", "printed when the key does not exist")
    .option("--required", "fail when the key does not exist")
    .action((key: string, flags: { default?: string; required?: true }) => {
      const params = readParams();
      const found = params && nodeAt(params.root, key);
      if (found) print(params.text.slice(found.start, found.end));
      else if (params && flags.required) fail(`required param '${key}' is missing in ${params.file}; add it there`);
      else if (params && flags.default !== undefined) print(flags.default);
    });
  command
    .command("all")
    .description("Print all params as JSON, as they stand in their file.")
    .action(() => {
      const params = readParams();
      if (params) print(params.text.trim());
    });
  return command;
}

/** @returns the params; `undefined` when the file cannot be read, which is said and gives the exit code 1 */
function readParams(): ReturnType<typeof readParamsText> | undefined {
  const params = readParamsText();
  if (params.problem === undefined) return params;
  fail(`${params.file} cannot be read: ${params.problem}`);
  return undefined;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(message: string): void {
  process.stderr.write(`ava-sdk: ${message}\n`);
  process.exitCode = 1;
}
