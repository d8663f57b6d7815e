import { type ReactNode, useEffect } from "react";
import { Link } from "wouter";
import { failureText } from "../../api/failure-text.js";
import { ApiError } from "../../api/request.js";
import { loadParams, loadRevisions, loadTraining } from "../../api/trainings.js";
import { useResource } from "../../api/use-resource.js";
import { Loading } from "../../controls/loading.js";
import { Message } from "../../controls/message.js";
import { useWords } from "../../words/use-words.js";
import { ParamsForm } from "./params-form.js";
import { Revisions } from "./revisions.js";
import { TrainingForm } from "./training-form.js";

/**
 * What people tell of a training, and the params that its runs receive.
 *
 * @param props - name of the training
 * @returns the element
 */
export function TrainingPage({ name }: { name: string }): ReactNode {
  const words = useWords();
  const { value, error, reload } = useResource(name, async (signal) => {
    const [training, params, revisions] = await Promise.all([
      loadTraining(name, signal),
      loadParams(name, undefined, signal),
      loadRevisions(name, signal),
    ]);
    return { training, params, revisions };
  });
  useEffect(() => {
    document.title = `${value?.training.displayName ?? name} · AVA`;
  }, [name, value?.training.displayName]);

  if (value === undefined) {
    if (error === undefined) return <Loading title={name} />;
    const isAbsent = error instanceof ApiError && error.status === 404;
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
      {error !== undefined && <Message isAlarm title={words.common.unreachable} />}
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
      <ParamsForm key={params?.revision ?? 0} training={name} params={params} onSaved={reload} />
      <Revisions training={name} revisions={revisions} />
    </div>
  );
}
