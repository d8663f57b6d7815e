import type { InstanceRow } from "ava-protocol";
import { type ReactNode, useCallback, useState } from "react";
import { deleteInstance, loadRows, putRemarks, restoreInstance, stopInstance } from "../../api/instances.js";
import { actionFailureText } from "../../controls/failure-text.js";
import { useWords } from "../../words/use-words.js";
import { eachRun, type Outcome } from "./each-run.js";

/** What was done, and what takes it back. */
export interface Done {
  text: ReactNode;
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
  /** @param onRemoved - called with those that are deleted */
  remove: (runs: BulkRuns, onRemoved: (ids: readonly string[]) => void) => void;
}

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
        setDone({ text: actionFailureText(error, common, runs.failed), isAlarm: true });
      }
      onChanged();
    },
    [onChanged, runs, common],
  );
  const each = (ids: readonly string[], work: (id: string) => Promise<void>): Promise<Outcome> =>
    eachRun(ids, work, (count) => {
      if (ids.length > NAMED_AT_ONCE && count % TOLD_EVERY === 0) setDone({ text: runs.progress(count, ids.length) });
    });
  /** Says what was done; of what was cut off, how far it came. What may have been done can be taken back either way. */
  const told = (outcome: Outcome, success: string, undo?: () => void): Done => {
    const { left, error } = outcome;
    const back = undo === undefined ? {} : { undo };
    if (error === undefined) return { text: success, ...back };
    const far = runs.progress(outcome.done.length, outcome.done.length + left.length);
    const text = (
      <>
        {actionFailureText(error, common, runs.failed)} ({far})
      </>
    );
    return { text, isAlarm: true, ...back };
  };
  /** Takes an action back; what could not be is tried again with the same button. */
  const takeBack = (
    ids: readonly string[],
    work: (id: string) => Promise<void>,
    text: (count: number) => string,
  ): (() => void) | undefined =>
    ids.length === 0
      ? undefined
      : () =>
          void attempt(async () => {
            const back = await each(ids, work);
            return told(back, text(ids.length), takeBack(back.left, work, text));
          });
  return {
    done,
    tell: setDone,
    stop: (meant) =>
      void attempt(async () => {
        const ids = await idsOf(meant);
        const running = (await rowsOf(ids, "id", " state=running,lost")).map(({ id }) => id);
        return told(await each(running, stopInstance), runs.stopped(running.length));
      }),
    tag: (meant, tag) =>
      void attempt(async () => {
        const ids = await idsOf(meant);
        const rows = await rowsOf(ids, "tag");
        const tagsOf = ({ values }: InstanceRow): string[] => (values["tag"] as string[] | undefined) ?? [];
        const untagged = rows.filter((row) => !tagsOf(row).includes(tag));
        const tags = new Map(untagged.map((row) => [row.id, tagsOf(row)]));
        const outcome = await each([...tags.keys()], (id) => putRemarks(id, { tags: [...tags.get(id)!, tag] }));
        const untag = (id: string): Promise<void> => putRemarks(id, { tags: tags.get(id)! });
        return told(
          outcome,
          runs.tagged(untagged.length, tag),
          takeBack(outcome.touched, untag, (count) => runs.untagged(count, tag)),
        );
      }),
    remove: (meant, onRemoved) =>
      void attempt(async () => {
        const ids = await idsOf(meant);
        const outcome = await each(ids, deleteInstance);
        onRemoved(outcome.done);
        return told(outcome, runs.deleted(ids.length), takeBack(outcome.touched, restoreInstance, runs.restored));
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
