import type { ReactNode } from "react";
import { loadFiles, runFilePath } from "../../api/files.js";
import { useResource } from "../../api/use-resource.js";
import { failureText } from "../../controls/failure-text.js";
import { formatBytes, formatCount } from "../../words/format-number.js";
import { useWords } from "../../words/use-words.js";

/** Files that are listed: the API tells the others. */
const MOST_SHOWN = 500;

/**
 * The files that other trackers' clients have put into a run, each with a link that downloads it.
 *
 * @param props - id of the instance
 * @returns the element; nothing for a run without files
 */
export function RunFiles({ instance }: { instance: string }): ReactNode {
  const words = useWords();
  const { value: files = [], error } = useResource(instance, (signal) => loadFiles(instance, signal));
  if (files.length === 0 && error === undefined) return null;
  return (
    <section className="card" aria-labelledby="run-files">
      <h2 id="run-files">{words.instance.files}</h2>
      {error !== undefined && <p className="card-empty">{failureText(error, words.common)}</p>}
      <ul className="run-files">
        {files.slice(0, MOST_SHOWN).map(({ path, bytes }) => (
          <li key={path}>
            <a href={runFilePath(instance, path)} download>
              {path}
            </a>
            <span className="faint">{formatBytes(bytes)}</span>
          </li>
        ))}
      </ul>
      {files.length > MOST_SHOWN && <p className="card-empty">{words.instance.moreFiles(formatCount(files.length - MOST_SHOWN))}</p>}
    </section>
  );
}
