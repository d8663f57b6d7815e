import type { ReactNode } from "react";
import { Message } from "../controls/message.js";
import { SearchField } from "../controls/search-field.js";
import { readKeptView, writeKeptView } from "../view-state/kept-pages.js";
import { useView } from "../view-state/use-view.js";
import { formatCount } from "../words/format-number.js";
import { useWords } from "../words/use-words.js";

/**
 * A list that is searched by words, which stand in the address.
 *
 * @param props - entries, the texts of one that words are looked for in, what shows those that have all words
 * @returns the element
 */
export function SearchedList<Entry>(props: {
  entries: readonly Entry[];
  textsOf: (entry: Entry) => readonly (string | undefined)[];
  children: (found: readonly Entry[]) => ReactNode;
}): ReactNode {
  const { entries, textsOf, children } = props;
  const { common } = useWords();
  const [{ search }, change] = useView(readKeptView, writeKeptView);
  const wanted = search.toLowerCase().split(/\s+/);
  const found = entries.filter((entry) => {
    const text = textsOf(entry).join("\n").toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  return (
    <>
      <div className="toolbar">
        <SearchField label={common.searchList} value={search} onChange={(text) => change({ search: text })} hasHotkey />
      </div>
      <p className="faint" role="status">
        {common.found(formatCount(found.length), formatCount(entries.length))}
      </p>
      {found.length === 0 ? <Message title={common.nothingFound} /> : children(found)}
    </>
  );
}
