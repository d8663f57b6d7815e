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

/** Actions on several runs at once. */
export interface Bulk {
  done: Done | undefined;
  /** Says something, or nothing any more. */
  tell: (done: Done | undefined) => void;
  stop: (ids: readonly string[]) => void;
  tag: (ids: readonly string[], tag: string) => void;
  /** @param onRemoved - called once they are deleted */
  remove: (ids: readonly string[], onRemoved: () => void) => void;
}

const queue = createQueue(4);

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
  const each = (ids: readonly string[], work: (id: string) => Promise<void>): Promise<unknown> =>
    Promise.all(ids.map((id) => queue(() => work(id))));
  return {
    done,
    tell: setDone,
    stop: (ids) =>
      void attempt(async () => {
        const running = (await rowsOf(ids, "id", " state=running,lost")).map(({ id }) => id);
        await each(running, stopInstance);
        return { text: runs.stopped(running.length) };
      }),
    tag: (ids, tag) =>
      void attempt(async () => {
        const rows = await rowsOf(ids, "tag");
        const tagsOf = ({ values }: InstanceRow): string[] => (values["tag"] as string[] | undefined) ?? [];
        const untagged = rows.filter((row) => !tagsOf(row).includes(tag));
        await each(
          untagged.map(({ id }) => id),
          (id) => putRemarks(id, { tags: [...tagsOf(untagged.find((row) => row.id === id)!), tag] }),
        );
        return {
          text: runs.tagged(untagged.length, tag),
          undo: () =>
            void attempt(async () => {
              await Promise.all(untagged.map((row) => queue(() => putRemarks(row.id, { tags: tagsOf(row) }))));
              return { text: runs.untagged(untagged.length, tag) };
            }),
        };
      }),
    remove: (ids, onRemoved) =>
      void attempt(async () => {
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

async function rowsOf(ids: readonly string[], columns: string, terms = ""): Promise<InstanceRow[]> {
  const query = { training: undefined, filter: `id=${ids.join(",")}${terms}`, sort: "id", columns, limit: ids.length, cursor: undefined };
  return (await loadRows(query, new AbortController().signal)).instances;
}
