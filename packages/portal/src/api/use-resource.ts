import { useCallback, useEffect, useRef, useState } from "react";

/** What a view shows: the last good answer stays while a newer one is asked for or when asking fails. */
export interface Resource<Value> {
  value: Value | undefined;
  error: Error | undefined;
  isLoading: boolean;
  reload: () => void;
}

/**
 * Asks for something and keeps the answer.
 *
 * @param key - identity of what is asked; another key forgets the answer
 * @param load - asks; its signal is aborted when the answer is no longer wanted
 * @returns the state of the answer
 */
export function useResource<Value>(key: string, load: (signal: AbortSignal) => Promise<Value>): Resource<Value> {
  const [kept, setKept] = useState<{ key: string; value?: Value; error?: Error }>({ key });
  const [isLoading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });
  useEffect(() => {
    const abort = new AbortController();
    setLoading(true);
    latest.current(abort.signal).then(
      (value) => {
        if (abort.signal.aborted) return;
        setKept({ key, value });
        setLoading(false);
      },
      (error: Error) => {
        if (abort.signal.aborted) return;
        setKept((old) => (old.key === key ? { ...old, error } : { key, error }));
        setLoading(false);
      },
    );
    return () => abort.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((old) => old + 1), []);
  const isOwn = kept.key === key;
  return { value: isOwn ? kept.value : undefined, error: isOwn ? kept.error : undefined, isLoading: isLoading || !isOwn, reload };
}
