import { type InstanceDetail, plainLine, type SeriesSummary } from "ava-protocol";
import { Command } from "commander";
import { lineOf } from "./list.js";
import { askNamedPlatform, failing, platformOption } from "./platform-client.js";

interface AskFlags {
  platform?: string;
  json?: true;
}

/** @returns the command `ava-sdk show` */
export function buildShowCommand(): Command {
  return new Command("show")
    .description("Show one instance: state, end, params, series.")
    .argument("<id>", "id of the instance")
    .addOption(platformOption())
    .option("--json", "print everything as JSON")
    .action((id: string, flags: AskFlags) => failing(() => showOne(id, flags)));
}

async function showOne(id: string, { platform, json }: AskFlags): Promise<void> {
  const text = await (await askNamedPlatform(`/v1/instances/${encodeURIComponent(id)}`, platform)).text();
  const detail = JSON.parse(text) as InstanceDetail;
  const { tags = [], note, paramsText, series, mainInstance, furtherInstances = [] } = detail;
  const remarks = [
    ...tags.map((tag) => `tag ${tag}`),
    ...(note === undefined ? [] : [`note ${plainLine(note)}`]),
    ...(mainInstance === undefined ? [] : [`logged by the command of ${plainLine(mainInstance)}`]),
    ...furtherInstances.map((other) => `further run ${plainLine(other)}`),
  ];
  const lines = json ? [text] : [lineOf(detail), ...remarks, `params ${paramsText}`, ...series.map(seriesLine)];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function seriesLine({ name, labels, count, last, min, max }: SeriesSummary): string {
  const labelled = Object.keys(labels).length > 0 ? `${name} ${JSON.stringify(labels)}` : name;
  return `${labelled}\tcount ${count}\tlast ${last}\tmin ${min}\tmax ${max}`;
}
