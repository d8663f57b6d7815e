import { useCallback, useEffect, useEffectEvent, useState } from "react";

/** What a view shows: the last good answer stays while a newer one is asked for or when asking fails. */
export interface Resource<Value> {
  value: Value | undefined;
  error: Error | undefined;
  isLoading: boolean;
  reload: () => void;
}

interface Kept<Value> {
  key: string;
  round: number;
  value?: Value;
  error?: Error;
}

/**
 * Asks for something and keeps the answer.
 *
 * @param key - identity of what is asked; another key forgets the answer
 * @param load - asks; its signal is aborted when the answer is no longer wanted
 * @returns the state of the answer
 */
export function useResource<Value>(key: string, load: (signal: AbortSignal) => Promise<Value>): Resource<Value> {
  const [kept, setKept] = useState<Kept<Value>>({ key, round: -1 });
  const [round, setRound] = useState(0);
  const ask = useEffectEvent(load);
  useEffect(() => {
    const abort = new AbortController();
    const settle = async (): Promise<void> => {
      try {
        const value = await ask(abort.signal);
        if (!abort.signal.aborted) setKept({ key, round, value });
      } catch (error) {
        if (!abort.signal.aborted) setKept((old) => ({ ...(old.key === key ? old : {}), key, round, error: error as Error }));
      }
    };
    void settle();
    return () => abort.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((old) => old + 1), []);
  const isOwn = kept.key === key;
  return {
    value: isOwn ? kept.value : undefined,
    error: isOwn ? kept.error : undefined,
    isLoading: !isOwn || kept.round !== round,
    reload,
  };
}
