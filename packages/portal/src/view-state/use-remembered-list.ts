import { useState } from "react";

/**
 * Keeps a list in the browser's storage. Where the storage is blocked (private windows of some browsers), or full, it lasts as long as the page.
 *
 * @param key - name in the storage
 * @returns the list, empty where there is none or what is stored is not one, and how to replace it
 */
export function useRememberedList(key: string): [list: readonly string[], set: (list: readonly string[]) => void] {
  const [kept, setKept] = useState(() => ({ key, list: stored(key) }));
  const list = kept.key === key ? kept.list : stored(key);
  if (kept.key !== key) setKept({ key, list });
  const set = (next: readonly string[]): void => {
    setKept({ key, list: next });
    try {
      if (next.length === 0) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(next));
    } catch {
      // Storage is blocked or full: kept for this page only.
    }
  };
  return [list, set];
}

function stored(key: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
  } catch {
    // Storage is blocked, or holds something else.
    return [];
  }
}
