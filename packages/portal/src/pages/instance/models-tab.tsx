import type { InstanceModel } from "ava-protocol";
import type { ReactNode } from "react";
import { modelFilePath } from "../../api/models.js";
import { Message } from "../../controls/message.js";
import { formatBytes, formatStep } from "../../words/format-number.js";
import { formatFullMoment } from "../../words/format-time.js";
import { useLanguage, useWords } from "../../words/use-words.js";

/**
 * The models that a run has stored, newest first, each with its file.
 *
 * @param props - the models, newest last
 * @returns the element
 */
export function ModelsTab({ models }: { models: readonly InstanceModel[] }): ReactNode {
  const words = useWords().models;
  if (models.length === 0) return <Message title={words.empty} text={words.emptyText} />;
  return (
    <div className="card">
      <table className="models">
        <thead>
          <tr>
            {[words.name, words.written, words.size, words.registered, words.file].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {models.toReversed().map((model) => (
            <ModelRow key={JSON.stringify([model.name, model.version])} model={model} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ModelRow({ model }: { model: InstanceModel }): ReactNode {
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
        {name} <span className="faint">v{version}</span>
      </th>
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
