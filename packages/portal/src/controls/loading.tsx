import type { ReactNode } from "react";
import { useWords } from "../words/use-words.js";

/**
 * The place of what is on its way.
 *
 * @param props - heading of a page that has none until then
 * @returns the element
 */
export function Loading(props: { title?: string }): ReactNode {
  const words = useWords();
  return (
    <div className="skeleton" role="status">
      {props.title !== undefined && <h1 className="visually-hidden">{props.title}</h1>}
      <span className="visually-hidden">{words.common.loading}</span>
    </div>
  );
}
