import { type InstanceDetail, plainLine, type SeriesSummary } from "ava-protocol";
import { Command } from "commander";
import { lineOf } from "./list.js";
import { askNamedPlatform, failing, platformOption } from "./platform-client.js";

interface AskFlags {
  platform?: string;
  json?: true;
}

/** @returns the commands `ava-sdk show` and `stop` */
export function buildAskCommands(): Command[] {
  const show = new Command("show")
    .description("Show one instance: state, end, params, series.")
    .argument("<id>", "id of the instance")
    .addOption(platformOption())
    .option("--json", "print everything as JSON")
    .action((id: string, flags: AskFlags) => failing(() => showOne(id, flags)));
  const stop = new Command("stop")
    .description("Ask runs to stop; each one is told when it next sends.")
    .argument("<id...>", "ids of instances")
    .option("--reason <text>", "shown with the run", "stopped by a person")
    .addOption(platformOption())
    .action(async (ids: string[], flags: AskFlags & { reason: string }) => {
      for (const id of ids) await failing(() => stopOne(id, flags));
    });
  return [show, stop];
}

async function stopOne(id: string, { reason, platform }: AskFlags & { reason: string }): Promise<void> {
  // The connection is kept until the answer is read, and with it the process.
  await (await askNamedPlatform(`/v1/instances/${encodeURIComponent(id)}/stop`, platform, { json: { reason } })).text();
}

async function showOne(id: string, { platform, json }: AskFlags): Promise<void> {
  const text = await (await askNamedPlatform(`/v1/instances/${encodeURIComponent(id)}`, platform)).text();
  const detail = JSON.parse(text) as InstanceDetail;
  const { tags = [], note, paramsText, series } = detail;
  const remarks = [...tags.map((tag) => `tag ${tag}`), ...(note === undefined ? [] : [`note ${plainLine(note)}`])];
  const lines = json ? [text] : [lineOf(detail), ...remarks, `params ${paramsText}`, ...series.map(seriesLine)];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function seriesLine({ name, labels, count, last, min, max }: SeriesSummary): string {
  const labelled = Object.keys(labels).length > 0 ? `${name} ${JSON.stringify(labels)}` : name;
  return `${labelled}\tcount ${count}\tlast ${last}\tmin ${min}\tmax ${max}`;
}
