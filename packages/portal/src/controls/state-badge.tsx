import type { InstanceState } from "ava-protocol";
import type { ReactNode } from "react";
import { useWords } from "../words/use-words.js";

/**
 * @param props - state of an instance
 * @returns the state in words, with a colour and a shape
 */
export function StateBadge(props: { state: InstanceState }): ReactNode {
  const words = useWords();
  return (
    <span className={`badge badge-${props.state}`} data-state={props.state}>
      <span className="badge-dot" aria-hidden="true" />
      {words.states[props.state]}
    </span>
  );
}
