import { type ReactNode, useEffect } from "react";
import { useLocation } from "wouter";
import { failureText } from "../api/failure-text.js";
import { loadRows } from "../api/instances.js";
import { useResource } from "../api/use-resource.js";
import { Loading } from "../controls/loading.js";
import { Message } from "../controls/message.js";
import { type WandbRun, wandbRun } from "../view-state/foreign-address.js";
import { useWords } from "../words/use-words.js";
import { NotFoundPage } from "./not-found-page.js";

/** @returns what stands at an address that is not ours: one of wandb's kind leads to its run */
export function ForeignPage(): ReactNode {
  const [path] = useLocation();
  const run = wandbRun(path);
  return run === undefined ? <NotFoundPage /> : <WandbPage run={run} />;
}

function WandbPage({ run }: { run: WandbRun }): ReactNode {
  const { common } = useWords();
  const [, navigate] = useLocation();
  const { value, error, reload } = useResource(JSON.stringify(run), (signal) => findRun(run, signal));
  useEffect(() => {
    if (value !== undefined) navigate(`/instances/${encodeURIComponent(value.id ?? run.run)}`, { replace: true });
  }, [value, run, navigate]);
  if (error === undefined) return <Loading />;
  return (
    <Message isPage isAlarm title={failureText(error, common)}>
      <button type="button" className="button" onClick={reload}>
        {common.retry}
      </button>
    </Message>
  );
}

/** An instance that a client of wandb made has the id that the client gave it among its params; its own is another. */
async function findRun({ training, run }: WandbRun, signal: AbortSignal): Promise<{ id?: string }> {
  const query = {
    training: training === "uncategorized" ? "default" : training,
    sort: "-startTime",
    columns: "id",
    limit: 1,
    cursor: undefined,
  };
  const { instances } = await loadRows({ ...query, filter: `params._wandb.run=${JSON.stringify(run)}` }, signal);
  return instances[0] === undefined ? {} : { id: instances[0].id };
}
