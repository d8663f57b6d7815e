import { plainLine, type ReparseAnswer, type ReparsePoint, type ReparseReading, type ReparseSummary } from "ava-protocol";
import { Command } from "commander";
import { checkReread } from "../console/reread/log-reader.js";
import { AvaError } from "../place/error.js";
import { collect, failUsage, positiveInteger, RULES_HELP } from "./options.js";
import { askNamedPlatform, failing } from "./platform-client.js";
import { tellProgress } from "./reparse-progress.js";
import { readRules } from "./rules.js";

interface ReparseFlags {
  metric: string[];
  rules?: string;
  parser?: string;
  preview?: true;
  /** `true` without a number. */
  undo?: number | true;
  list?: true;
  platform?: string;
  json?: true;
}

/** The platform reads a log of a gigabyte within a minute or two, and says nothing on this connection meanwhile. */
const IDLE_MS = 3_600_000;

/** @returns the command `ava-sdk reparse` */
export function buildReparseCommand(): Command {
  return new Command("reparse")
    .description("Read the stored log of an instance again with new rules, and add the points that it lacks.")
    .argument("<id>", "id of the instance, of a run that has ended or goes on")
    .option("--metric <regex>", "own metrics: named groups, or groups 'name' and 'value'; may be repeated", collect, [])
    .option("--rules <file>", RULES_HELP)
    .option("--parser <name>", "add what these parsers read, too; default: what the rules read alone")
    .option("--preview", "only tell what would be added")
    .option("--undo [number]", "remove what a reparse added; default: the last one", positiveInteger)
    .option("--list", "list the reparses of the instance")
    .option("--platform <url>", "platform (AVA_PLATFORM_URL, default http://127.0.0.1:5660)")
    .option("--json", "print the platform's answer as JSON")
    .action((id: string, flags: ReparseFlags) => failing(() => reparse(id, flags)));
}

async function reparse(id: string, flags: ReparseFlags): Promise<void> {
  const { metric, rules, parser, undo, list, platform } = flags;
  const route = `/v1/instances/${encodeURIComponent(id)}/reparse`;
  const isNew = metric.length > 0 || rules !== undefined || parser !== undefined;
  if (Number(isNew) + Number(undo !== undefined) + Number(list === true) !== 1)
    failUsage("reparse takes rules (--metric, --rules, --parser), or --undo, or --list");
  if (list) return showList(await listOf(route, platform), flags);
  if (undo !== undefined) return undoOne(route, undo, flags);
  const all = readAll(metric, rules, parser);
  const request = { rules: all, ...(parser === undefined ? {} : { parser }), ...(flags.preview ? { preview: true } : {}) };
  const isOwn = (reading: ReparseReading): boolean => reading.preview === (flags.preview === true);
  const ask = async (): Promise<ReparseReading | undefined> => (await stateOf(route, platform)).reading?.find(isOwn);
  const answer = askNamedPlatform(route, platform, { json: request, idleMs: IDLE_MS }).then((answered) => answered.text());
  show(JSON.parse(await tellProgress(ask, answer)) as ReparseAnswer, flags);
}

/** A rule that is wrong is told before anything is asked. */
function readAll(metric: readonly string[], file: string | undefined, parser: string | undefined): string[] {
  try {
    const metrics = [...metric, ...(file === undefined ? [] : readRules(file))];
    checkReread(metrics, parser);
    return metrics;
  } catch (error) {
    if (error instanceof AvaError) failUsage(error.message);
    throw error;
  }
}

/** Platforms of before say nothing of what is being read. */
type ReparseState = { reparses: ReparseSummary[]; reading?: ReparseReading[] };

async function stateOf(route: string, platform: string | undefined): Promise<ReparseState> {
  return JSON.parse(await (await askNamedPlatform(route, platform)).text()) as ReparseState;
}

async function listOf(route: string, platform: string | undefined): Promise<ReparseSummary[]> {
  return (await stateOf(route, platform)).reparses;
}

async function undoOne(route: string, undo: number | true, { platform, json }: ReparseFlags): Promise<void> {
  const n = undo === true ? (await listOf(route, platform)).findLast(({ state }) => state !== "undone")?.n : undo;
  if (n === undefined) throw new AvaError("REQUEST_INVALID", "there is no reparse to undo: --list shows all");
  const text = await (await askNamedPlatform(`${route}/${n}`, platform, { method: "DELETE" })).text();
  const undone = JSON.parse(text) as ReparseSummary;
  process.stdout.write(json ? `${text}\n` : `reparse ${n} undone: ${pointsOf(undone.points)} removed\n`);
}

function showList(reparses: readonly ReparseSummary[], { json }: ReparseFlags): void {
  const lines = json
    ? reparses.map((one) => JSON.stringify(one))
    : reparses.map(({ n, time, state, points, rules, parser }) => {
        const what = [...rules.map((rule) => plainLine(rule)), ...(parser === undefined ? [] : [`--parser ${parser}`])];
        return [n, time, state, `${points} points`, ...what].join("\t");
      });
  for (const line of lines) process.stdout.write(`${line}\n`);
}

function pointsOf(count: number): string {
  return count === 1 ? "1 point" : `${count} points`;
}

function show(answer: ReparseAnswer, { json }: ReparseFlags): void {
  const { n, series, points, known, silentRules, damage = [], refusedPoints, reason, preview } = answer;
  if (json) return void process.stdout.write(`${JSON.stringify(answer)}\n`);
  for (const { name, labels, points: fresh, known: old, others, first, last } of series) {
    const labelled = Object.keys(labels).length > 0 ? `${name} ${JSON.stringify(labels)}` : name;
    const beside = others === 0 ? "" : ` beside ${others} others`;
    process.stdout.write(
      `${plainLine(labelled)}\t${fresh} new\t${old} there already${beside}\tfirst ${wordsOf(first)}\tlast ${wordsOf(last)}\n`,
    );
  }
  const say = (message: string): void => void process.stderr.write(`ava-sdk reparse: ${message}\n`);
  for (const rule of silentRules) say(`--metric ${rule} has read nothing: no line matched it, or no match had a number`);
  for (const sentence of damage) say(sentence);
  if (refusedPoints !== undefined) say(`${pointsOf(refusedPoints)} cannot be taken: ${reason}`);
  const there = known === 0 ? "" : `, ${known} are there already`;
  if (preview) say(`a preview: ${pointsOf(points)} would be added${there}`);
  else say(n === undefined ? `nothing to add${there}` : `reparse ${n}: ${pointsOf(points)} added${there}; to take them back: --undo ${n}`);
}

function wordsOf({ value, step, line }: ReparsePoint): string {
  return `${value} at step ${step} (line ${line})`;
}
