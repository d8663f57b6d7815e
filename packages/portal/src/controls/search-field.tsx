import { type ReactNode, useEffect, useRef } from "react";
import { Icon } from "./icon.js";

/**
 * A search box; the key `/` goes to it when it is the page's main one.
 *
 * @param props - words, text, what a change does, whether `/` goes to it
 * @returns the element
 */
export function SearchField(props: {
  label: string;
  hint?: string;
  value: string;
  onChange: (text: string) => void;
  hasHotkey?: boolean;
}): ReactNode {
  const { label, hint = label, value, onChange, hasHotkey = false } = props;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!hasHotkey) return;
    const onKeyDown = (event: KeyboardEvent): void => {
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
        onKeyDown={(event) => {
          if (event.key === "Escape") onChange("");
        }}
      />
      {hasHotkey && value === "" && <kbd aria-hidden="true">/</kbd>}
    </label>
  );
}
