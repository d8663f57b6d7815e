import type { ReactNode } from "react";
import { useWords } from "../../words/use-words.js";
import type { Fields } from "./use-fields.js";

/**
 * @param props - what the runs have
 * @returns the params that do not tell the runs apart, said once
 */
export function Constants({ fields }: { fields: Fields }): ReactNode {
  const words = useWords().overview;
  if (fields.constants.length === 0) return null;
  const text = fields.constants.map(({ path, value }) => `${path} ${value}`).join(" · ");
  return (
    <p className="constants" title={text}>
      {words.sameInAll(fields.runs)} {text}
    </p>
  );
}
