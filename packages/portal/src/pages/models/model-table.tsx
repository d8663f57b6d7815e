import { type ReactNode, useMemo } from "react";
import { Link } from "wouter";
import { modelFilePath, type StoredModel } from "../../api/models.js";
import { Message } from "../../controls/message.js";
import { useFirstRows } from "../../controls/use-first-rows.js";
import { entryAddress, MODELS } from "../../view-state/kept-pages.js";
import { formatBytes, formatStep } from "../../words/format-number.js";
import { formatFullMoment } from "../../words/format-time.js";
import { useLanguage, useWords } from "../../words/use-words.js";
import { RunLink } from "../run-link.js";

/**
 * Models, newest first, each with its file.
 *
 * @param props - the models, newest last; whether they are of several runs
 * @returns the element
 */
export function ModelTable({ models, hasRuns = false }: { models: readonly StoredModel[]; hasRuns?: boolean }): ReactNode {
  const words = useWords().models;
  const { shown, more } = useFirstRows(useMemo(() => models.toReversed(), [models]));
  if (models.length === 0) return <Message title={words.empty} text={words.emptyText} />;
  return (
    <div className="card">
      <table className="models">
        <thead>
          <tr>
            {[words.name, ...(hasRuns ? [words.run] : []), words.written, words.size, words.registered, words.file].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((model) => (
            <ModelRow key={JSON.stringify([model.name, model.version])} model={model} hasRun={hasRuns} />
          ))}
        </tbody>
      </table>
      {more}
    </div>
  );
}

function ModelRow({ model, hasRun }: { model: StoredModel; hasRun: boolean }): ReactNode {
  const words = useWords();
  const language = useLanguage();
  const { name, version, bytes, metric: { epoch, batch } = {}, createdTime, file } = model;
  const places = [
    ...(epoch === undefined ? [] : [words.models.epoch(formatStep(epoch))]),
    ...(batch === undefined ? [] : [words.instance.step(formatStep(batch))]),
  ];
  const path = modelFilePath(model);
  return (
    <tr data-model={name}>
      <th scope="row">
        <Link href={entryAddress(MODELS, name)}>{name}</Link> <span className="faint">v{version}</span>
      </th>
      {hasRun && <td>{model.instance !== undefined && <RunLink id={model.instance} />}</td>}
      <td>{places.join(" · ")}</td>
      <td>{bytes === undefined ? "" : formatBytes(bytes)}</td>
      <td>
        <time dateTime={createdTime}>{formatFullMoment(Date.parse(createdTime), language)}</time>
      </td>
      <td>
        {path === undefined ? (
          <code>{file}</code>
        ) : (
          <a className="button" href={path} aria-label={words.models.downloadOf(name)}>
            {words.models.download}
          </a>
        )}
      </td>
    </tr>
  );
}
