import type { ReactNode } from "react";
import { useLiveState } from "../live/use-live.js";
import { useWords } from "../words/use-words.js";

/** @returns the state of the live connection in words */
export function LiveMark(): ReactNode {
  const words = useWords();
  const state = useLiveState();
  return (
    <span className={`live live-${state}`} role="status" data-live={state}>
      <span className="live-dot" aria-hidden="true" />
      {words.live[state]}
    </span>
  );
}
