import { nodeAt, parseJsonText, type TrainingParams } from "ava-protocol";
import { Command } from "commander";
import { readParamsText } from "../place/params/params.js";
import { positiveInteger } from "./options.js";
import { askNamedPlatform, failing, platformOption } from "./platform-client.js";
import { buildTrainingParamsCommands, trainingRoute } from "./training-params.js";

interface SourceFlags {
  training?: string;
  revision?: number;
  platform?: string;
}

/** @returns the command `ava-sdk params` */
export function buildParamsCommand(): Command {
  const command = new Command("params").description(
    "Read the params of this run, or those that runs of a training receive, as JSON; change the latter.",
  );
  const get = new Command("get")
    .description("Print one param as JSON; nothing when it does not exist.")
    .argument("<key>", "levels separated by dots: solver.lr")
    .option("--default <value>", "printed when the key does not exist")
    .option("--required", "fail when the key does not exist")
    .action((key: string, flags: SourceFlags & { default?: string; required?: true }) =>
      failing(async () => {
        const params = await readParams(flags);
        const found = params && nodeAt(params.root, key);
        if (found) print(params.text.slice(found.start, found.end));
        else if (params && flags.required) fail(`required param '${key}' is missing in ${params.file}; add it there`);
        else if (params && flags.default !== undefined) print(flags.default);
      }),
    );
  const all = new Command("all").description("Print all params as JSON, as they were written.").action((flags: SourceFlags) =>
    failing(async () => {
      const params = await readParams(flags);
      if (params) print(params.text.trim());
    }),
  );
  for (const reading of [get, all]) {
    reading
      .option("--training <name>", "those that the platform has for this training; default: those of this run")
      .option("--revision <number>", "an earlier revision of them", positiveInteger)
      .addOption(platformOption());
    command.addCommand(reading);
  }
  for (const changing of buildTrainingParamsCommands()) command.addCommand(changing);
  return command;
}

/** @returns the params; `undefined` when the file cannot be read, which is said and gives the exit code 1 */
async function readParams({ training, revision, platform }: SourceFlags): Promise<ReturnType<typeof readParamsText> | undefined> {
  if (training !== undefined) {
    const route = `${trainingRoute(training)}/params${revision === undefined ? "" : `?revision=${revision}`}`;
    const { paramsText: text, revision: found } = JSON.parse(await (await askNamedPlatform(route, platform)).text()) as TrainingParams;
    return { file: `revision ${found} of ${training}`, text, root: parseJsonText(text) };
  }
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
