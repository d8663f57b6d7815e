import { Command } from "commander";
import { AvaError } from "../error.js";
import { getAll, getValue } from "../params/params.js";

/** @returns the command `ava-sdk params` */
export function buildParamsCommand(): Command {
  const params = new Command("params").description("Read the params of this run as JSON.");
  params
    .command("get")
    .description("Print one param as JSON; nothing when it does not exist.")
    .argument("<key>", "levels separated by dots: solver.lr")
    .option("--default <value>", "printed when the key does not exist")
    .option("--required", "fail when the key does not exist")
    .action((key: string, flags: { default?: string; required?: true }) => {
      try {
        const value = getValue(key, { isRequired: flags.required ?? false });
        if (value !== undefined) process.stdout.write(`${JSON.stringify(value)}\n`);
        else if (flags.default !== undefined) process.stdout.write(`${flags.default}\n`);
      } catch (error) {
        if (!(error instanceof AvaError)) throw error;
        process.stderr.write(`ava-sdk: ${error.message}\n`);
        process.exitCode = 1;
      }
    });
  params
    .command("all")
    .description("Print all params as JSON.")
    .action(() => void process.stdout.write(`${JSON.stringify(getAll(), undefined, 2)}\n`));
  return params;
}
