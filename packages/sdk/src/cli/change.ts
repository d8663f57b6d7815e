import type { InstanceDetail } from "ava-protocol";
import { Command } from "commander";
import type { Asked } from "../ship/ask-platform.js";
import { collect, failUsage } from "./options.js";
import { askNamedPlatform, failing, platformOption } from "./platform-client.js";

interface ChangeFlags {
  platform?: string;
  json?: true;
}

/** A change of one instance: what was done in words, and the facts of `--json`. */
interface Change {
  words: string;
  facts: object;
}

/** @returns the commands `ava-sdk stop`, `rm` and `tag`: of several instances each is changed, or told why not */
export function buildChangeCommands(): Command[] {
  const stop = changing("stop", "Ask runs to stop; each one is told when it next sends.")
    .argument("<id...>", "ids of instances")
    .option("--reason <text>", "shown with the run", "stopped by a person")
    .action((ids: string[], flags: ChangeFlags & { reason: string }) => each(ids, flags, (id) => stopOne(id, flags)));
  const rm = changing("rm", "Delete instances; each can be brought back for seven days.")
    .argument("<id...>", "ids of instances")
    .option("--undo", "bring them back")
    .action((ids: string[], flags: ChangeFlags & { undo?: true }) => each(ids, flags, (id) => removeOne(id, flags)));
  const tag = changing("tag", "Add tags to instances, or remove some; without a tag, print those that an instance has.")
    .argument("<id>", "id of an instance")
    .argument("[more...]", "tags to add; with --add or --remove, ids of further instances")
    .option("--add <tag>", "tag to add; may be repeated", collect, [])
    .option("--remove <tag>", "tag to remove; may be repeated", collect, [])
    .action((id: string, more: string[], flags: TagFlags) => tagAll(id, more, flags));
  return [stop, rm, tag];
}

function changing(name: string, description: string): Command {
  return new Command(name).description(description).addOption(platformOption()).option("--json", "print one JSON object an instance");
}

async function each(ids: readonly string[], { json }: ChangeFlags, change: (id: string) => Promise<Change>): Promise<void> {
  for (const id of ids) {
    await failing(async () => {
      const { words, facts } = await change(id);
      process.stdout.write(json ? `${JSON.stringify({ id, ...facts })}\n` : `${words}\n`);
    });
  }
}

async function stopOne(id: string, { reason, platform }: ChangeFlags & { reason: string }): Promise<Change> {
  const { state, stopRequested } = (await ask(id, "/stop", platform, { json: { reason } })) as InstanceDetail;
  return { words: `${id} is asked to stop`, facts: { state, stopRequested } };
}

async function removeOne(id: string, { undo, platform }: ChangeFlags & { undo?: true }): Promise<Change> {
  if (undo) {
    const { state } = (await ask(id, "/restore", platform, { method: "POST" })) as InstanceDetail;
    return { words: `${id} is back`, facts: { deleted: false, state } };
  }
  await ask(id, "", platform, { method: "DELETE" });
  return { words: `${id} is deleted; for seven days it comes back with: ava-sdk rm --undo ${id}`, facts: { deleted: true } };
}

interface TagFlags extends ChangeFlags {
  add: string[];
  remove: string[];
}

function tagAll(id: string, more: readonly string[], flags: TagFlags): Promise<void> {
  const { add, remove, platform } = flags;
  const hasFlags = add.length + remove.length > 0;
  const both = add.find((tag) => remove.includes(tag));
  if (both !== undefined) failUsage(`tag ${both} is to be added and to be removed`);
  const added = hasFlags ? add : more;
  return each(hasFlags ? [id, ...more] : [id], flags, (one) => tagOne(one, added, remove, platform));
}

async function tagOne(id: string, added: readonly string[], removed: readonly string[], platform: string | undefined): Promise<Change> {
  const { tags: before = [] } = (await ask(id, "", platform)) as InstanceDetail;
  const wanted = [...new Set([...before, ...added.map((tag) => tag.normalize("NFC"))])].filter((tag) => !removed.includes(tag));
  const isSame = wanted.length === before.length && wanted.every((tag, i) => tag === before[i]);
  if (!isSame) await ask(id, "", platform, { method: "PUT", json: { tags: wanted } });
  return { words: [id, ...wanted].join("\t"), facts: { tags: wanted } };
}

async function ask(id: string, route: string, platform: string | undefined, asked?: Asked): Promise<unknown> {
  return JSON.parse(await (await askNamedPlatform(`/v1/instances/${encodeURIComponent(id)}${route}`, platform, asked)).text());
}
