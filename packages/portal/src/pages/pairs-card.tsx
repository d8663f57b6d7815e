import { type ReactNode, useId } from "react";
import { Pairs } from "./instance/pairs.js";

/**
 * @param props - what the facts are of, and the facts
 * @returns a card of facts by their names; nothing where there are none
 */
export function PairsCard({ title, pairs }: { title: string; pairs: readonly (readonly [name: string, value: string])[] }): ReactNode {
  const id = useId();
  if (pairs.length === 0) return null;
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <Pairs pairs={pairs} />
    </section>
  );
}
