import { type ReactNode, useEffect } from "react";
import { Link } from "wouter";
import { ApiError } from "../../api/request.js";
import { loadParams, loadRevisions, loadTraining } from "../../api/trainings.js";
import { useResource } from "../../api/use-resource.js";
import { useUntold } from "../../controls/away.js";
import { failureText } from "../../controls/failure-text.js";
import { Loading } from "../../controls/loading.js";
import { Message } from "../../controls/message.js";
import { useEvery } from "../../live/use-every.js";
import { LIST_INTERVAL_MS, useLiveRefetch } from "../../live/use-live.js";
import { useWords } from "../../words/use-words.js";
import { ParamsForm } from "./params-form.js";
import { Revisions } from "./revisions.js";
import { TrainingForm } from "./training-form.js";

/** The live stream tells of runs, and not of what other people change about a training. */
const REVISIONS_MS = 5000;

/**
 * What people tell of a training, and the params that its runs receive.
 *
 * @param props - name of the training
 * @returns the element
 */
export function TrainingPage({ name }: { name: string }): ReactNode {
  const words = useWords();
  const {
    value,
    error: failure,
    reload,
  } = useResource(name, async (signal) => {
    const [training, params, revisions] = await Promise.all([
      loadTraining(name, signal),
      loadParams(name, undefined, signal),
      loadRevisions(name, signal),
    ]);
    return { training, params, revisions };
  });
  const error = useUntold(failure);
  useLiveRefetch(({ training, facts }) => training === name && facts === true, reload, LIST_INTERVAL_MS);
  useEvery(REVISIONS_MS, true, reload);
  useEffect(() => {
    document.title = `${value?.training.displayName ?? name} · AVA`;
  }, [name, value?.training.displayName]);

  if (value === undefined) {
    if (error === undefined) return <Loading title={name} />;
    const isAbsent = error instanceof ApiError && error.code === "not_found";
    return (
      <Message isPage isAlarm={!isAbsent} title={isAbsent ? words.common.notFound : failureText(error, words.common)}>
        <Link href="/" className="button">
          {words.common.backToOverview}
        </Link>
        {!isAbsent && (
          <button type="button" className="button" onClick={reload}>
            {words.common.retry}
          </button>
        )}
      </Message>
    );
  }
  const { training, params, revisions } = value;
  return (
    <div className="training-page">
      {error !== undefined && <Message isAlarm title={failureText(error, words.common)} />}
      <nav className="crumbs" aria-label={words.trainings.about}>
        <Link href="/">{words.overview.title}</Link>
        <span aria-hidden="true">/</span>
        <Link href={`/?training=${encodeURIComponent(name)}`}>{words.trainings.runs(training.instances)}</Link>
      </nav>
      <div className="page-head">
        <h1>{training.displayName ?? name}</h1>
        {training.displayName !== undefined && <code className="title-id">{name}</code>}
      </div>
      <TrainingForm training={training} onChanged={reload} />
      <ParamsForm training={name} params={params} onSaved={reload} />
      <Revisions training={name} revisions={revisions} />
    </div>
  );
}
