import { readFileSync } from "node:fs";
import { type ParamsRevision, plainLine, type TrainingParams, whyNotParamsText } from "ava-protocol";
import { Command, InvalidArgumentError } from "commander";
import { type RunParams, settleParams } from "../agent/params/settle-params.js";
import { rulesOfTraining } from "../agent/params/training-rules.js";
import { createNotices } from "../place/notices/notices.js";
import { resolveSettings } from "../place/settings/settings.js";
import { findWorkspace, prepareWorkspace } from "../place/workspace/find-workspace.js";
import { failUsage } from "./options.js";
import { askNamedPlatform, failing, platformOption } from "./platform-client.js";

interface PutFlags {
  training: string;
  note?: string;
  base?: number;
  platform?: string;
  json?: true;
}

interface FetchFlags {
  training?: string;
  id?: string;
  workspace?: string;
  platform?: string;
  json?: true;
}

/** @returns the commands `ava-sdk params put`, `revisions` and `fetch` */
export function buildTrainingParamsCommands(): Command[] {
  const put = new Command("put")
    .description("Make a JSON file the params that runs of a training receive from now on; the earlier revisions are kept.")
    .argument("<file>", "JSON file, or - for stdin")
    .requiredOption("--training <name>", "training; made where there is none")
    .option("--note <text>", "why they are changed")
    .option("--base <revision>", "fail when there is a newer revision than this one (0: when there is any)", wholeNumber)
    .addOption(platformOption())
    .option("--json", "print the platform's answer as JSON")
    .action((file: string, flags: PutFlags) => failing(() => putParams(file, flags)));
  const revisions = new Command("revisions")
    .description("List the revisions of a training's params.")
    .requiredOption("--training <name>", "training")
    .addOption(platformOption())
    .option("--json", "print them as JSON")
    .action((flags: Omit<PutFlags, "note" | "base">) => failing(() => listRevisions(flags)));
  const fetch = new Command("fetch")
    .description("Put the params that the platform has for a training into params/default.json, as a run does when it starts.")
    .option("--training <name>", "training (AVA_TRAINING)")
    .option("--id <id>", "id of an instance: its params come first, and stay out of params/default.json (AVA_TRAINING_INS_ID)")
    .option("--workspace <folder>", "workspace (AVA_WORKSPACE, /workspace, ./ava-workspace)")
    .addOption(platformOption())
    .option("--json", "print what a run would get, and what is said about it, as JSON")
    .action((flags: FetchFlags) => failing(() => fetchParams(flags)));
  return [put, revisions, fetch];
}

/** @param training - name @returns its route */
export function trainingRoute(training: string): string {
  return `/v1/trainings/${encodeURIComponent(training.normalize("NFC"))}`;
}

async function putParams(file: string, { training, note, base, platform, json }: PutFlags): Promise<void> {
  const paramsText = readInput(file);
  const why = whyNotParamsText(paramsText);
  if (why !== undefined) failUsage(`${file}: ${why}`);
  const body = { paramsText, ...(note === undefined ? {} : { note }), ...(base === undefined ? {} : { baseRevision: base }) };
  const answer = await askNamedPlatform(`${trainingRoute(training)}/params`, platform, { method: "PUT", json: body });
  const text = await answer.text();
  process.stdout.write(`${json ? text : (JSON.parse(text) as TrainingParams).revision}\n`);
}

async function listRevisions({ training, platform, json }: Omit<PutFlags, "note" | "base">): Promise<void> {
  const text = await (await askNamedPlatform(`${trainingRoute(training)}/params/revisions`, platform)).text();
  const { revisions } = JSON.parse(text) as { revisions: ParamsRevision[] };
  const lines = revisions.map(({ revision, createdTime, note }) => `${revision}\t${createdTime}\t${plainLine(note ?? "")}`.trimEnd());
  for (const line of json ? [text] : lines) process.stdout.write(`${line}\n`);
}

async function fetchParams({ training, id, workspace: wanted, platform, json }: FetchFlags): Promise<void> {
  const [warnings, notes]: [string[], string[]] = [[], []];
  const sayIn = (said: string[]) => (message: string) => void (json ? said.push(message) : process.stderr.write(`ava-sdk: ${message}\n`));
  const [warn, note] = [sayIn(warnings), sayIn(notes)];
  const notices = createNotices({ showWarning: warn, showNote: note });
  const found = findWorkspace(wanted);
  const settings = resolveSettings({ training, trainingInsId: id, platformUrl: platform }, found, warn);
  const workspace = prepareWorkspace(found, warn);
  const [params, rules]: [RunParams | undefined, string[]] = await Promise.all([
    settleParams(workspace, settings, notices),
    // Python's callbacks hand lines of the console on with them.
    json ? rulesOfTraining(workspace, settings, notices) : [],
  ]);
  if (json) process.stdout.write(`${JSON.stringify({ ...(params === undefined ? {} : { params }), rules, warnings, notes })}\n`);
  else if (params === undefined) note("the platform has no params for this run");
}

function readInput(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    return failUsage(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("give a whole number from 0.");
  return Number(text);
}
