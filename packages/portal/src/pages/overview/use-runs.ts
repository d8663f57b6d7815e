import { useEffect, useRef, useState } from "react";
import { loadRows } from "../../api/instances.js";
import { createRunPages, type RunPages, type RunsShown } from "./run-pages.js";

/** Which runs, and what of them. */
export interface RunsQuestion {
  training: string | undefined;
  filter: string;
  sort: string;
  /** Fields with commas between. */
  columns: string;
}

/**
 * Keeps a list of runs. While another question is on its way the answer to the last one stays.
 *
 * @param question - absent while it is not known yet
 * @returns what is there, and the list to tell what is in view
 */
export function useRuns(question: RunsQuestion | undefined): RunsShown & { pages: RunPages | undefined } {
  const [shown, setShown] = useState<RunsShown>({ rows: [] });
  const pages = useRef<RunPages>(undefined);
  const key = question === undefined ? undefined : JSON.stringify(question);
  useEffect(() => {
    if (key === undefined) return;
    const asked = JSON.parse(key) as RunsQuestion;
    const opened = createRunPages(
      (cursor, limit, signal) => loadRows({ ...asked, limit, cursor }, signal),
      (next) => setShown((old) => (next.error === undefined ? next : { ...old, error: next.error })),
    );
    pages.current = opened;
    return () => opened.close();
  }, [key]);
  return { ...shown, pages: pages.current };
}
