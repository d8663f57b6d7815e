import type { InstanceRow } from "ava-protocol";
import type { ReactNode } from "react";
import { useWords } from "../../words/use-words.js";
import { quotedValue } from "./suggest.js";

/**
 * @param props - the row, what a click on a tag does
 * @returns what people say of the run: its tags, and a sign for a note
 */
export function RowTags(props: { row: InstanceRow; onTerm: (term: string) => void }): ReactNode {
  const { row, onTerm } = props;
  const words = useWords().overview;
  const tags = (row.values["tag"] as string[] | undefined) ?? [];
  const note = row.values["note"];
  return (
    <>
      {tags.map((tag) => {
        const term = `tag=${quotedValue(tag)}`;
        return (
          <button key={tag} type="button" className="row-tag" tabIndex={-1} title={words.onlyWith(term)} onClick={() => onTerm(term)}>
            {tag}
          </button>
        );
      })}
      {typeof note === "string" && note !== "" && (
        <span className="row-note" title={note}>
          {note}
        </span>
      )}
    </>
  );
}
