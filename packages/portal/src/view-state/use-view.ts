import { useCallback, useMemo } from "react";
import { useLocation } from "wouter";
import { useSearch } from "wouter/use-browser-location";

/** Changes some of the view, given or made of the view as it is; `push` makes the old view reachable with the browser's back button. */
export type ChangeView<View> = (change: Partial<View> | ((view: View) => Partial<View>), how?: "push") => void;

/**
 * Keeps a page's view in the URL and nowhere else.
 *
 * @param read - from the query string
 * @param write - to the query string
 * @returns the view and how to change it
 */
export function useView<View>(read: (search: string) => View, write: (view: View) => string): [View, ChangeView<View>] {
  // As it stands: wouter's own hook decodes it, and `%2F` in a text would become `/`.
  const search = useSearch();
  const [, navigate] = useLocation();
  const view = useMemo(() => read(search), [read, search]);
  const change = useCallback<ChangeView<View>>(
    (changed, how) => {
      // Read again: two changes in one event must not undo each other.
      const now = read(location.search);
      const query = write({ ...now, ...(typeof changed === "function" ? changed(now) : changed) });
      navigate(location.pathname + (query === "" ? "" : `?${query}`), { replace: how !== "push" });
    },
    [read, write, navigate],
  );
  return [view, change];
}
