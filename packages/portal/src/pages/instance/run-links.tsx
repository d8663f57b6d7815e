import type { InstanceDetail } from "ava-protocol";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useWords } from "../../words/use-words.js";

/**
 * The other runs that one command logged by the clients of other trackers.
 *
 * @param props - the instance
 * @returns the element; nothing for a command with one run
 */
export function RunLinks({ instance: { mainInstance, furtherInstances } }: { instance: InstanceDetail }): ReactNode {
  const words = useWords().instance;
  const title = mainInstance === undefined ? words.furtherInstances : words.mainInstance;
  const ids = mainInstance === undefined ? furtherInstances : [mainInstance];
  if (ids === undefined) return null;
  return (
    <section className="card" aria-labelledby="run-links">
      <h2 id="run-links">{title}</h2>
      <ul className="run-files">
        {ids.map((id) => (
          <li key={id}>
            <Link href={`/instances/${encodeURIComponent(id)}`}>{id}</Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
