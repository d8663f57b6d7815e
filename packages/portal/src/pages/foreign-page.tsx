import { type ReactNode, useEffect } from "react";
import { useLocation } from "wouter";
import { trainingOfExperiment } from "../api/experiments.js";
import { loadRows } from "../api/instances.js";
import { ApiError } from "../api/request.js";
import { useResource } from "../api/use-resource.js";
import { failureText } from "../controls/failure-text.js";
import { Loading } from "../controls/loading.js";
import { Message } from "../controls/message.js";
import { mlflowExperiment, type WandbRun, wandbRun } from "../view-state/foreign-address.js";
import { useWords } from "../words/use-words.js";
import { NotFoundPage } from "./not-found-page.js";

/** Runs of one id, of different projects, that are looked at. */
const MOST_ALIKE = 100;

/** @returns what stands at an address that is not ours: one of wandb's kind leads to its run, one of an experiment of MLflow to its runs */
export function ForeignPage(): ReactNode {
  const [path] = useLocation();
  const run = wandbRun(path);
  const experiment = mlflowExperiment(path);
  if (run !== undefined) return <Onward key={path} find={(signal) => findRun(run, signal)} />;
  if (experiment === undefined) return <NotFoundPage />;
  return <Onward key={path} find={async (signal) => `/?training=${encodeURIComponent(await trainingOfExperiment(experiment, signal))}`} />;
}

/** Goes on to the page of ours that is meant. */
function Onward({ find }: { find: (signal: AbortSignal) => Promise<string> }): ReactNode {
  const { common } = useWords();
  const [, navigate] = useLocation();
  const { value, error, reload } = useResource("", find);
  useEffect(() => {
    if (value !== undefined) navigate(value, { replace: true });
  }, [value, navigate]);
  if (error === undefined) return <Loading />;
  // The platform refuses in MLflow's form here, which has codes of its own.
  if (error instanceof ApiError && error.status === 404) return <NotFoundPage />;
  return (
    <Message isPage isAlarm title={failureText(error, common)}>
      <button type="button" className="button" onClick={reload}>
        {common.retry}
      </button>
    </Message>
  );
}

/**
 * An instance that a client of wandb made has the id that the client gave it among its params; its own is another. One that `ava-sdk run` recorded is in the training
 * of the command, not in that of the client's project.
 */
async function findRun({ training, run }: WandbRun, signal: AbortSignal): Promise<string> {
  const filter = `params._wandb.run=${JSON.stringify(run)}`;
  const query = { training: undefined, filter, sort: "-startTime", columns: "params._wandb.project", limit: MOST_ALIKE, cursor: undefined };
  const { instances } = await loadRows(query, signal);
  const own = training === "uncategorized" ? "default" : training;
  const meant =
    instances.find((row) => row.training === own) ?? instances.find(({ values }) => values["params._wandb.project"] === training);
  return `/instances/${encodeURIComponent(meant?.id ?? run)}`;
}
