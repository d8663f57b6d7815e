import type { EnvironmentFacts, GitFacts } from "ava-protocol";
import type { ReactNode } from "react";
import { formatBytes, formatCount, formatValue } from "../../words/format-number.js";
import { useWords } from "../../words/use-words.js";
import { Pairs } from "./pairs.js";

/**
 * The code, software and machine of a run, as far as they were recorded.
 *
 * @param props - what was recorded
 * @returns the element; nothing where nothing was recorded
 */
export function Environment({ facts }: { facts: EnvironmentFacts }): ReactNode {
  const words = useWords().environment;
  const { git, runtime, packages, os, cpus, memoryBytes, gpus } = facts;
  const pairs: readonly [string, string | undefined][] = [
    [words.commit, git?.commit],
    [words.branch, git?.branch],
    ["Python", runtime?.python],
    ["Node", runtime?.node],
    [words.os, os],
    [words.cpus, cpus === undefined ? undefined : formatValue(cpus)],
    [words.memory, memoryBytes === undefined ? undefined : formatBytes(memoryBytes)],
    ...(gpus ?? []).map((name, i): [string, string] => [`GPU ${i}`, name]),
  ];
  if (pairs.every(([, value]) => value === undefined) && packages === undefined) return null;
  return (
    <section className="card">
      <h2>{words.title}</h2>
      <Pairs pairs={pairs} />
      {git !== undefined && <Changes git={git} />}
      {packages !== undefined && (
        <details className="more">
          <summary>
            {words.packages} <span className="count">{formatCount(Object.keys(packages).length)}</span>
          </summary>
          <Pairs pairs={Object.entries(packages)} />
        </details>
      )}
    </section>
  );
}

/** What the code differs in from its commit. */
function Changes({ git }: { git: GitFacts }): ReactNode {
  const words = useWords().environment;
  if (git.diff === undefined || git.diff === "") {
    return git.isDirty === undefined ? null : <p className="card-empty">{git.isDirty ? words.dirty : words.clean}</p>;
  }
  return (
    <details className="more">
      <summary>{words.diff}</summary>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard */}
      <pre className="diff" tabIndex={0} role="region" aria-label={words.diff}>
        {git.diff.split("\n").map((line, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- lines of a text that does not change
          <span key={i} className={diffClass(line)}>
            {line}
            {"\n"}
          </span>
        ))}
      </pre>
      {git.isDiffTruncated === true && <p className="card-empty">{words.truncated}</p>}
    </details>
  );
}

function diffClass(line: string): string | undefined {
  if (/^(\+\+\+|---|diff |index )/.test(line)) return "diff-head";
  if (line.startsWith("@@")) return "diff-place";
  return line.startsWith("+") ? "diff-added" : line.startsWith("-") ? "diff-gone" : undefined;
}
