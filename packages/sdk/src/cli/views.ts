import { plainLine, type SavedView, type ViewSpec } from "ava-protocol";
import { Command } from "commander";
import { askNamedPlatform, failing, platformOption } from "./platform-client.js";

interface ViewFlags {
  platform?: string;
  json?: true;
}

/** @returns the command `ava-sdk views` */
export function buildViewsCommand(): Command {
  const views = new Command("views").description(
    "Views of the list of instances that are saved on the platform; `ava-sdk ls --view` lists as one says.",
  );
  views.addCommand(
    viewCommand("ls", "Print the views: name, training, filter, sort, columns, group.").action((flags: ViewFlags) =>
      failing(() => list(flags)),
    ),
  );
  views.addCommand(
    viewCommand("save", "Save a view; one of the same name is replaced.")
      .argument("<name>", "of the view")
      .option("--training <name>", "only instances of this training")
      .option("--filter <filter>", "as of ava-sdk ls")
      .option("--columns <fields>", "as of ava-sdk ls")
      .option("--sort <field>", "as of ava-sdk ls")
      .option("--group <fields>", "as of ava-sdk ls")
      .action((name: string, flags: ViewFlags & ViewSpec) => failing(() => save(name, flags))),
  );
  views.addCommand(
    viewCommand("rm", "Delete a view for good.")
      .argument("<name>", "of the view")
      .action((name: string, flags: ViewFlags) => failing(() => remove(name, flags))),
  );
  return views;
}

function viewCommand(name: string, description: string): Command {
  return new Command(name).description(description).addOption(platformOption()).option("--json", "print one JSON object a view");
}

async function list({ platform, json }: ViewFlags): Promise<void> {
  const { views } = JSON.parse(await (await askNamedPlatform("/v1/views", platform)).text()) as { views: SavedView[] };
  for (const view of views) print(view, json);
}

async function save(name: string, { platform, json, training, filter, columns, sort, group }: ViewFlags & ViewSpec): Promise<void> {
  const spec: Record<string, string | undefined> = { training: training?.normalize("NFC"), filter, columns, sort, group };
  const answer = await askNamedPlatform(routeOf(name), platform, { method: "PUT", json: spec });
  print(JSON.parse(await answer.text()) as SavedView, json);
}

async function remove(name: string, { platform, json }: ViewFlags): Promise<void> {
  const text = await (await askNamedPlatform(routeOf(name), platform, { method: "DELETE" })).text();
  process.stdout.write(json ? `${text}\n` : `${name} is deleted\n`);
}

function routeOf(name: string): string {
  return `/v1/views/${encodeURIComponent(name)}`;
}

function print(view: SavedView, json: true | undefined): void {
  const { name, training, filter, sort, columns, group } = view;
  const cells = [name, training, filter, sort, columns, group].map((cell) => (cell === undefined || cell === "" ? "-" : plainLine(cell)));
  process.stdout.write(json ? `${JSON.stringify(view)}\n` : `${cells.join("\t")}\n`);
}
