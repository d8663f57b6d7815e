import type { InstanceDetail } from "ava-protocol";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { loadParams } from "../../api/trainings.js";
import { useResource } from "../../api/use-resource.js";
import { diffParams } from "../../params/diff.js";
import { trainingAddress } from "../../view-state/training-view.js";
import { useWords } from "../../words/use-words.js";
import { ParamsDiff } from "../training/params-diff.js";

/**
 * Where the params of a run come from: which revision of its training's, and what was changed for the run alone.
 *
 * @param props - the instance
 * @returns the element; nothing for params that were given to the run
 */
export function ParamsOrigin({ instance }: { instance: InstanceDetail }): ReactNode {
  const words = useWords().trainings;
  const { training, paramsText, paramsRevision, paramsFrom } = instance;
  if (paramsRevision !== undefined) return <OfRevision training={training} revision={paramsRevision} paramsText={paramsText} />;
  return paramsFrom === "workspace" ? <p className="params-origin faint">{words.fromWorkspace}</p> : null;
}

function OfRevision({ training, revision, paramsText }: { training: string; revision: number; paramsText: string }): ReactNode {
  const words = useWords().trainings;
  const { value } = useResource(`${training}/${revision}`, (signal) => loadParams(training, revision, signal));
  const changes = value === undefined ? [] : diffParams(value.paramsText, paramsText);
  return (
    <div className="params-origin">
      <Link href={trainingAddress(training, revision)}>{words.startedWith(revision, training)}</Link>
      {changes.length > 0 && (
        <>
          <h2>{words.changedForRun}</h2>
          <ParamsDiff changes={changes} caption={words.changedForRun} />
        </>
      )}
    </div>
  );
}
