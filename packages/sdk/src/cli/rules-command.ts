import type { TrainingRules } from "ava-protocol";
import { Command } from "commander";
import { AvaError } from "../place/error.js";
import { failUsage } from "./options.js";
import { askNamedPlatform, failing, platformOption } from "./platform-client.js";
import { readRules } from "./rules.js";
import { trainingRoute } from "./training-params.js";

interface RulesFlags {
  training: string;
  platform?: string;
  json?: true;
}

/** @returns the command `ava-sdk rules` with `put` and `show` */
export function buildRulesCommand(): Command {
  const put = commandOf("put", "Make the rules of a file those that runs of a training read their output with; an empty list removes them.")
    .argument("<file>", "JSON file as --rules takes it")
    .action((file: string, flags: RulesFlags) => failing(() => putRules(file, flags)));
  const show = commandOf("show", "Print the rules of a training, one a line.").action((flags: RulesFlags) => failing(() => ask(flags)));
  return new Command("rules").description("Rules for console output that a training has on the platform.").addCommand(put).addCommand(show);
}

function commandOf(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption("--training <name>", "training; made where there is none")
    .addOption(platformOption())
    .option("--json", "print the platform's answer as JSON");
}

async function putRules(file: string, flags: RulesFlags): Promise<void> {
  let rules: string[];
  try {
    rules = readRules(file);
  } catch (error) {
    if (error instanceof AvaError) failUsage(error.message);
    throw error;
  }
  await ask(flags, rules);
}

async function ask({ training, platform, json }: RulesFlags, put?: readonly string[]): Promise<void> {
  const asked = put === undefined ? undefined : ({ method: "PUT", json: put } as const);
  const text = await (await askNamedPlatform(`${trainingRoute(training)}/rules`, platform, asked)).text();
  for (const line of json ? [text] : (JSON.parse(text) as TrainingRules).rules) process.stdout.write(`${line}\n`);
}
