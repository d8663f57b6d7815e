import type { InstanceRow } from "ava-protocol";
import { useCallback, useState } from "react";
import { failureText } from "../../api/failure-text.js";
import { deleteInstance, loadRows, putRemarks, restoreInstance, stopInstance } from "../../api/instances.js";
import { createQueue } from "../../api/queue.js";
import { useWords } from "../../words/use-words.js";

/** What was done, and what takes it back. */
export interface Done {
  text: string;
  isAlarm?: boolean;
  undo?: () => void;
}

/** Ids of runs, or what finds them: all that a filter lets through. */
export type BulkRuns = readonly string[] | (() => Promise<readonly string[]>);

/** Actions on several runs at once. */
export interface Bulk {
  done: Done | undefined;
  /** Says something, or nothing any more. */
  tell: (done: Done | undefined) => void;
  stop: (runs: BulkRuns) => void;
  tag: (runs: BulkRuns, tag: string) => void;
  /** @param onRemoved - called once they are deleted */
  remove: (runs: BulkRuns, onRemoved: () => void) => void;
}

const queue = createQueue(4);
/** Runs that one question names at most: it stands in an address. */
const NAMED_AT_ONCE = 100;
/** How many are done is told as often. */
const TOLD_EVERY = 25;

/**
 * @param onChanged - called when runs have changed
 * @returns actions, and what came of the last one
 */
export function useBulk(onChanged: () => void): Bulk {
  const [done, setDone] = useState<Done>();
  const { runs, common } = useWords();
  const attempt = useCallback(
    async (work: () => Promise<Done>) => {
      try {
        setDone(await work());
      } catch (error) {
        setDone({ text: failureText(error, common, runs.failed), isAlarm: true });
      }
      onChanged();
    },
    [onChanged, runs, common],
  );
  const each = (ids: readonly string[], work: (id: string) => Promise<void>): Promise<unknown> => {
    let count = 0;
    const one = async (id: string): Promise<void> => {
      await work(id);
      count += 1;
      if (ids.length > NAMED_AT_ONCE && count % TOLD_EVERY === 0) setDone({ text: runs.progress(count, ids.length) });
    };
    return Promise.all(ids.map((id) => queue(() => one(id))));
  };
  return {
    done,
    tell: setDone,
    stop: (meant) =>
      void attempt(async () => {
        const ids = await idsOf(meant);
        const running = (await rowsOf(ids, "id", " state=running,lost")).map(({ id }) => id);
        await each(running, stopInstance);
        return { text: runs.stopped(running.length) };
      }),
    tag: (meant, tag) =>
      void attempt(async () => {
        const ids = await idsOf(meant);
        const rows = await rowsOf(ids, "tag");
        const tagsOf = ({ values }: InstanceRow): string[] => (values["tag"] as string[] | undefined) ?? [];
        const untagged = rows.filter((row) => !tagsOf(row).includes(tag));
        const tags = new Map(untagged.map((row) => [row.id, tagsOf(row)]));
        await each([...tags.keys()], (id) => putRemarks(id, { tags: [...tags.get(id)!, tag] }));
        return {
          text: runs.tagged(untagged.length, tag),
          undo: () =>
            void attempt(async () => {
              await each([...tags.keys()], (id) => putRemarks(id, { tags: tags.get(id)! }));
              return { text: runs.untagged(untagged.length, tag) };
            }),
        };
      }),
    remove: (meant, onRemoved) =>
      void attempt(async () => {
        const ids = await idsOf(meant);
        await each(ids, deleteInstance);
        onRemoved();
        return {
          text: runs.deleted(ids.length),
          undo: () =>
            void attempt(async () => {
              await each(ids, restoreInstance);
              return { text: runs.restored(ids.length) };
            }),
        };
      }),
  };
}

async function idsOf(runs: BulkRuns): Promise<readonly string[]> {
  return typeof runs === "function" ? runs() : runs;
}

async function rowsOf(ids: readonly string[], columns: string, terms = ""): Promise<InstanceRow[]> {
  const rows: InstanceRow[] = [];
  for (let at = 0; at < ids.length; at += NAMED_AT_ONCE) {
    const named = ids.slice(at, at + NAMED_AT_ONCE);
    const filter = `id=${named.join(",")}${terms}`;
    const query = { training: undefined, filter, sort: "id", columns, limit: named.length, cursor: undefined };
    rows.push(...(await loadRows(query, new AbortController().signal)).instances);
  }
  return rows;
}
