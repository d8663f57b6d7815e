import { childOf, type GroupsAnswer, type InstanceSummary, nodeAt, parseJsonText, plainLine, type SavedView } from "ava-protocol";
import { Command } from "commander";
import { writeStream } from "../storage/transfer/download/stream-download.js";
import { failUsage, positiveInteger } from "./options.js";
import { askNamedPlatform, failing, platformOption } from "./platform-client.js";

interface ListFlags {
  training?: string;
  filter?: string;
  columns?: string;
  sort?: string;
  limit?: number;
  view?: string;
  group?: string;
  platform?: string;
  json?: true;
  csv?: true;
}

/** @returns the command `ava-sdk ls` */
export function buildListCommand(): Command {
  return new Command("ls")
    .description("List instances on the platform, newest first.")
    .option("--training <name>", "of one training only")
    .option("--filter <filter>", "only these: state=running and params.lr>=0.01 and min:val/loss<0.5")
    .option("--columns <fields>", "id, then these, with commas between: state,params.lr,min:val/loss")
    .option("--sort <field>", "by a field, with - in front descending (default: -startTime)")
    .option("--limit <n>", "how many at most (default: 50, with --csv all)", positiveInteger)
    .option("--view <name>", "as a view that was saved on the platform says; other flags win, filters add up")
    .option("--group <fields>", "groups of instances that have the same there: params.lr,params.opt; columns name metrics")
    .addOption(platformOption())
    .option("--json", "print one JSON object an instance")
    .option("--csv", "print a table in CSV with a head line: id, training, name, state, then the columns")
    .action((flags: ListFlags) => failing(() => list(flags)));
}

async function list(flags: ListFlags): Promise<void> {
  const { training, filter, columns, sort, group } = flags.view === undefined ? flags : await viewed(flags.view, flags);
  const path = training && `/v1/trainings/${encodeURIComponent(training.normalize("NFC"))}/instances`;
  if (flags.csv) {
    if (group !== undefined || flags.json) failUsage("--csv goes neither with --group nor with --json");
    const asked = queryOf({ training: training?.normalize("NFC"), sort: sort ?? "-startTime", limit: flags.limit, filter, columns });
    const { body } = await askNamedPlatform(`/v1/instances.csv?${asked}`, flags.platform);
    return writeStream(body, { kind: "descriptor", path: "standard output", descriptor: 1 });
  }
  if (group !== undefined) return listGroups(group, { ...flags, training, filter, columns, sort });
  const query = queryOf({ sort: sort ?? "-startTime", limit: flags.limit ?? 50, filter, columns });
  const text = await (await askNamedPlatform(`${path ?? "/v1/instances"}?${query}`, flags.platform)).text();
  const page = JSON.parse(text) as { instances: InstanceSummary[]; columns?: string[] };
  const sources = sourcesOfItems(text, "instances");
  const lines = flags.json
    ? sources
    : page.instances.map((one, i) => (page.columns ? rowOf(one.id, sources[i]!, page.columns) : lineOf(one)));
  for (const line of lines) process.stdout.write(`${line}\n`);
  const empty = page.instances.length === 0 ? [] : emptyColumns(sources, page.columns ?? []);
  if (empty.length > 0) process.stderr.write(`ava-sdk: none of these instances has ${empty.join(", ")}\n`);
}

/** Params and metrics of which no instance of the list has a value: their names may be wrong. */
function emptyColumns(sources: readonly string[], columns: readonly string[]): string[] {
  const rows = sources.map((source) => childOf(parseJsonText(source), "values"));
  const fields = columns.filter((column) => /^(params\.|(last|min|max|count):|at:)/.test(column));
  return fields.filter((field) => rows.every((values) => values === undefined || childOf(values, field) === undefined));
}

/** @returns the flags, filled up with what the view says */
async function viewed(name: string, flags: ListFlags): Promise<Partial<ListFlags>> {
  const view = JSON.parse(await (await askNamedPlatform(`/v1/views/${encodeURIComponent(name)}`, flags.platform)).text()) as SavedView;
  const filters = [view.filter, flags.filter].filter(Boolean);
  return { ...view, ...flags, ...(filters.length === 0 ? {} : { filter: filters.join(" and ") }) };
}

type GroupFlags = { [Name in keyof ListFlags]?: ListFlags[Name] | undefined };

/** Prints what the instances of a group have in common, how many they are, and of each metric mean and standard deviation. */
async function listGroups(group: string, flags: GroupFlags): Promise<void> {
  const { training, filter, columns, sort, limit = 50 } = flags;
  const query = queryOf({ group, columns, training: training?.normalize("NFC"), filter, sort, limit });
  const text = await (await askNamedPlatform(`/v1/groups?${query}`, flags.platform)).text();
  const sources = sourcesOfItems(text, "groups");
  const { groups, ...asked } = JSON.parse(text) as GroupsAnswer;
  const lines = flags.json
    ? sources
    : groups.map(({ count, metrics: figures }, i) => {
        const cells = asked.columns.flatMap((column) => [figures[column]!.mean ?? "-", figures[column]!.deviation ?? "-"]);
        return [...cellsOf(sources[i]!, asked.group), count, ...cells].join("\t");
      });
  for (const line of lines) process.stdout.write(`${line}\n`);
}

function queryOf(params: Readonly<Record<string, string | number | undefined>>): URLSearchParams {
  const given = Object.entries(params).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, String(value)]]));
  return new URLSearchParams(given);
}

/** @param source - JSON of an instance in a list of columns @returns its id and what the columns hold */
function rowOf(id: string, source: string, columns: readonly string[]): string {
  return [id, ...cellsOf(source, columns)].join("\t");
}

/** @returns what `values` holds for some keys, `-` for nothing; numbers with all their digits */
function cellsOf(source: string, keys: readonly string[]): string[] {
  const values = childOf(parseJsonText(source), "values");
  return keys.map((key) => {
    const node = values && childOf(values, key);
    if (node === undefined) return "-";
    return plainLine(node.kind === "string" ? node.value : source.slice(node.start, node.end));
  });
}

/** The items of a list of an answer as the platform wrote them: params may have numbers that a float64 does not hold. */
function sourcesOfItems(text: string, key: string): string[] {
  const found = nodeAt(parseJsonText(text), key);
  return found?.kind === "array" ? found.items.map(({ start, end }) => text.slice(start, end)) : [];
}

/**
 * @param instance - as the platform answers it
 * @returns a line about it: id, training, state, start, how it ended, display name
 */
export function lineOf({ id, training, state, startTime, end, name }: InstanceSummary): string {
  const cause = [end?.signal ?? (end?.exitCode ? `exit ${end.exitCode}` : undefined), end?.message].filter(Boolean).join(": ");
  return [id, training, state, startTime ?? "-", plainLine(cause), name].join("\t").trimEnd();
}
