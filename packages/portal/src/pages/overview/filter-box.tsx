import { type KeyboardEvent, type ReactNode, useId, useMemo, useState } from "react";
import { Icon } from "../../controls/icon.js";
import { SearchField } from "../../controls/search-field.js";
import { useWords } from "../../words/use-words.js";
import { type KnownFields, splitTerms, termText } from "./search-terms.js";
import { suggest } from "./suggest.js";

/**
 * The filter: finished terms as chips, and the one that is being written, which already filters. Enter, or a click on a suggestion, finishes it.
 *
 * @param props - the terms, how to change them, whether the last of them is being written, fields that are known for completion
 * @returns the element
 */
export function FilterBox(props: {
  terms: readonly string[];
  onTerms: (terms: string[]) => void;
  isDraft: boolean;
  onDraft: (isDraft: boolean) => void;
  known: KnownFields;
}): ReactNode {
  const { terms, onTerms, isDraft, onDraft, known } = props;
  const words = useWords().overview;
  const listId = useId();
  const [active, setActive] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const draft = isDraft ? (terms.at(-1) ?? "") : "";
  const finished = isDraft ? terms.slice(0, -1) : terms;
  const suggestions = useMemo(() => (isOpen ? suggest(draft, known) : []), [isOpen, draft, known]);

  const write = (text: string): void => {
    setActive(-1);
    setOpen(true);
    onDraft(text !== "");
    onTerms(text === "" ? [...finished] : [...finished, text]);
  };
  const finish = (text: string): void => {
    setOpen(false);
    setActive(-1);
    onDraft(false);
    onTerms([...new Set([...finished, ...splitTerms(text).map(termText)])]);
  };
  const accept = (suggestion: string): void => (/[=<>~]$/.test(suggestion) ? write(suggestion) : finish(suggestion));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (suggestions.length === 0) return;
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((active + step + suggestions.length + (active < 0 && step < 0 ? 1 : 0)) % suggestions.length);
    } else if (event.key === "Enter") {
      if (suggestions[active] === undefined) finish(draft);
      else accept(suggestions[active]);
    } else if (event.key === "Tab" && suggestions[active] !== undefined) accept(suggestions[active]);
    else if (event.key === "Escape" && isOpen && suggestions.length > 0) setOpen(false);
    else if (event.key === "Backspace" && draft === "" && finished.length > 0) onTerms(finished.slice(0, -1));
    else return;
    event.preventDefault();
  };
  return (
    <div className="filter-box" onBlur={() => setOpen(false)}>
      <SearchField
        label={words.search}
        hint={words.searchHint}
        value={draft}
        onChange={write}
        hasHotkey
        combobox={{
          listId,
          isOpen: suggestions.length > 0,
          ...(active < 0 ? {} : { activeId: `${listId}-${active}` }),
          onKeyDown,
        }}
      />
      <ul className="suggestions" id={listId} role="listbox" aria-label={words.suggestions} hidden={suggestions.length === 0}>
        {suggestions.map((suggestion, i) => (
          <li
            key={suggestion}
            id={`${listId}-${i}`}
            role="option"
            aria-selected={i === active}
            // Pressing must not take the focus from the box: it would close the list before the click.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => accept(suggestion)}
          >
            {suggestion}
          </li>
        ))}
      </ul>
      {finished.map((term, i) => (
        <button
          key={term}
          type="button"
          className="term"
          title={words.removeTerm(term)}
          aria-label={words.removeTerm(term)}
          onClick={() => onTerms(terms.toSpliced(i, 1))}
        >
          <span>{term}</span>
          <Icon name="close" />
        </button>
      ))}
    </div>
  );
}
