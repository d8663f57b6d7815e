import { childOf, type InstanceDetail, type InstanceSummary, nodeAt, parseJsonText, plainLine, type SeriesSummary } from "ava-protocol";
import { Command, Option } from "commander";
import { positiveInteger } from "./options.js";
import { askNamedPlatform, failing } from "./platform-client.js";

interface AskFlags {
  platform?: string;
  json?: true;
}

interface ListFlags extends AskFlags {
  training?: string;
  filter?: string;
  columns?: string;
  sort: string;
  limit: number;
}

/** @returns the commands `ava-sdk ls`, `show` and `stop` */
export function buildAskCommands(): Command[] {
  const platform = () => new Option("--platform <url>", "platform (AVA_PLATFORM_URL, default http://127.0.0.1:5660)");
  const ls = new Command("ls")
    .description("List instances on the platform, newest first.")
    .option("--training <name>", "of one training only")
    .option("--filter <filter>", "only these: state=running and params.lr>=0.01 and min:val/loss<0.5")
    .option("--columns <fields>", "id, then these, with commas between: state,params.lr,min:val/loss")
    .option("--sort <field>", "by a field, with - in front descending", "-startTime")
    .option("--limit <n>", "how many at most", positiveInteger, 50)
    .addOption(platform())
    .option("--json", "print one JSON object an instance")
    .action((flags: ListFlags) => failing(() => list(flags)));
  const show = new Command("show")
    .description("Show one instance: state, end, params, series.")
    .argument("<id>", "id of the instance")
    .addOption(platform())
    .option("--json", "print everything as JSON")
    .action((id: string, flags: AskFlags) => failing(() => showOne(id, flags)));
  const stop = new Command("stop")
    .description("Ask runs to stop; each one is told when it next sends.")
    .argument("<id...>", "ids of instances")
    .option("--reason <text>", "shown with the run", "stopped by a person")
    .addOption(platform())
    .action(async (ids: string[], flags: AskFlags & { reason: string }) => {
      for (const id of ids) await failing(() => stopOne(id, flags));
    });
  return [ls, show, stop];
}

async function stopOne(id: string, { reason, platform }: AskFlags & { reason: string }): Promise<void> {
  // The connection is kept until the answer is read, and with it the process.
  await (await askNamedPlatform(`/v1/instances/${encodeURIComponent(id)}/stop`, platform, { reason })).text();
}

async function list({ training, filter, columns, sort, limit, platform, json }: ListFlags): Promise<void> {
  const asked = { ...(filter === undefined ? {} : { filter }), ...(columns === undefined ? {} : { columns }) };
  const query = new URLSearchParams({ sort, limit: String(limit), ...asked });
  const route = training ? `/v1/trainings/${encodeURIComponent(training.normalize("NFC"))}/instances` : "/v1/instances";
  const text = await (await askNamedPlatform(`${route}?${query}`, platform)).text();
  const page = JSON.parse(text) as { instances: InstanceSummary[]; columns?: string[] };
  const sources = sourcesOfItems(text, "instances");
  const lines = json ? sources : page.instances.map((one, i) => (page.columns ? rowOf(one.id, sources[i]!, page.columns) : lineOf(one)));
  for (const line of lines) process.stdout.write(`${line}\n`);
}

/** @param source - JSON of an instance in a list of columns @returns its id and what the columns hold, `-` for nothing; numbers with all their digits */
function rowOf(id: string, source: string, columns: readonly string[]): string {
  const values = childOf(parseJsonText(source), "values");
  const cells = columns.map((column) => {
    const node = values && childOf(values, column);
    if (node === undefined) return "-";
    return plainLine(node.kind === "string" ? node.value : source.slice(node.start, node.end));
  });
  return [id, ...cells].join("\t");
}

async function showOne(id: string, { platform, json }: AskFlags): Promise<void> {
  const text = await (await askNamedPlatform(`/v1/instances/${encodeURIComponent(id)}`, platform)).text();
  const detail = JSON.parse(text) as InstanceDetail;
  const { tags = [], note, paramsText, series } = detail;
  const remarks = [...tags.map((tag) => `tag ${tag}`), ...(note === undefined ? [] : [`note ${plainLine(note)}`])];
  const lines = json ? [text] : [lineOf(detail), ...remarks, `params ${paramsText}`, ...series.map(seriesLine)];
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** The items of a list of an answer as the platform wrote them: params may have numbers that a float64 does not hold. */
function sourcesOfItems(text: string, key: string): string[] {
  const found = nodeAt(parseJsonText(text), key);
  return found?.kind === "array" ? found.items.map(({ start, end }) => text.slice(start, end)) : [];
}

function lineOf({ id, training, state, startTime, end, name }: InstanceSummary): string {
  const cause = [end?.signal ?? (end?.exitCode ? `exit ${end.exitCode}` : undefined), end?.message].filter(Boolean).join(": ");
  return [id, training, state, startTime ?? "-", plainLine(cause), name].join("\t").trimEnd();
}

function seriesLine({ name, labels, count, last, min, max }: SeriesSummary): string {
  const labelled = Object.keys(labels).length > 0 ? `${name} ${JSON.stringify(labels)}` : name;
  return `${labelled}\tcount ${count}\tlast ${last}\tmin ${min}\tmax ${max}`;
}
