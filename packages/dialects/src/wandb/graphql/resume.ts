import { parseJsonText, strictJsonText } from "ava-protocol";
import { membersOf, objectText } from "../../params-text.js";
import type { Read, RunView } from "../../ports.js";
import { ENTITY, FILES, keyOf, OWN, ownOf, ownValue } from "../run.js";

/**
 * What a client must know to go on with a run: how many lines of each file are here, and what they said last.
 *
 * @param project - of the client
 * @param name - its id of the run
 * @param read - of the request
 * @returns the answer; of a run that is not known, no bucket
 */
export async function resumeStatus(project: string, name: string, read: Read): Promise<object> {
  const id = await read.find(keyOf(project, name));
  const view = id === undefined ? undefined : await read.run(id);
  return {
    model: { id: project, name: project, entity: { id: ENTITY, name: ENTITY }, bucket: view ? await bucketOf(view, name, read) : null },
  };
}

async function bucketOf(view: RunView, name: string, read: Read): Promise<object> {
  const latest = await read.latest(view.id);
  return {
    id: view.id,
    name,
    displayName: view.facts.name ?? name,
    historyLineCount: await read.nextLine(view.id, FILES.history),
    // These files may begin again: their lines are told apart by their text, too.
    eventsLineCount: 0,
    logLineCount: 0,
    historyTail: JSON.stringify(lastLines(latest, Date.parse(view.facts.startTime ?? "") || 0)),
    eventsTail: "[]",
    summaryMetrics: summaryText(view, latest),
    config: configText(view),
    tags: ownValue(view, "tags") ?? [],
    notes: ownValue(view, "notes") ?? null,
    // Without "t", the run is one that never began.
    wandbConfig: '{"t":1}',
  };
}

type Latest = Awaited<ReturnType<Read["latest"]>>;

/** The client counts steps on from the last line of the history. */
function lastLines(latest: Latest, startMs: number): string[] {
  const logged = latest.filter(({ labels }) => labels["source"] === undefined);
  if (logged.length === 0) return [];
  const step = Math.max(...logged.map(({ point }) => point.step));
  const seconds = Math.max(...logged.map(({ point }) => Number(point.timeNs / 1000n) / 1e6));
  return [JSON.stringify({ _step: step, _runtime: Math.max(0, seconds - startMs / 1000), _timestamp: seconds })];
}

function summaryText(view: RunView, latest: Latest): string {
  const values = latest
    .filter(({ labels }) => labels["source"] === undefined)
    .map(({ name, point }) => [name, String(point.value)] as const);
  return strict(objectText(new Map([...values, ...membersOf(ownOf(view).get("summary") ?? "{}")])));
}

function configText({ facts }: RunView): string {
  const members = membersOf(facts.paramsText);
  members.delete(OWN);
  return strict(objectText(new Map([...members].map(([key, text]) => [key, `{"value": ${text}}`]))));
}

/** The client's reader takes no bare NaN. */
function strict(text: string): string {
  return strictJsonText(text, parseJsonText(text));
}
