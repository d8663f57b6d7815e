import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { Icon } from "./icon.js";

/** What makes a search box one that completes what is written. */
export interface Combobox {
  /** Id of the list of suggestions, and of the one that is chosen now. */
  listId: string;
  activeId?: string;
  isOpen: boolean;
  /** Gets keys first; those that it takes it cancels. */
  onKeyDown: (event: KeyboardEvent) => void;
}

/**
 * A search box; the key `/` goes to it when it is the page's main one.
 *
 * @param props - words, text, what a change does, whether `/` goes to it, what completes the text
 * @returns the element
 */
export function SearchField(props: {
  label: string;
  hint?: string;
  value: string;
  onChange: (text: string) => void;
  hasHotkey?: boolean;
  combobox?: Combobox;
}): ReactNode {
  const { label, hint = label, value, onChange, hasHotkey = false, combobox } = props;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!hasHotkey) return;
    const onKeyDown = (event: globalThis.KeyboardEvent): void => {
      const isTyping = event.target instanceof Element && event.target.closest("input, textarea, dialog") !== null;
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [hasHotkey]);
  return (
    <label className="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={hint}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        {...(combobox === undefined
          ? {}
          : {
              role: "combobox",
              autoComplete: "off",
              "aria-autocomplete": "list",
              "aria-expanded": combobox.isOpen,
              "aria-controls": combobox.listId,
              "aria-activedescendant": combobox.activeId,
            })}
        onKeyDown={(event) => {
          combobox?.onKeyDown(event);
          if (event.key === "Escape" && !event.defaultPrevented) onChange("");
        }}
      />
      {hasHotkey && value === "" && <kbd aria-hidden="true">/</kbd>}
    </label>
  );
}
