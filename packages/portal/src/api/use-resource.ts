import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";

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
  const asking = useRef({ isBusy: false, isAgain: false });
  const ask = useEffectEvent(load);
  useEffect(() => {
    const abort = new AbortController();
    const own = asking.current;
    own.isBusy = true;
    const settle = async (): Promise<void> => {
      try {
        const value = await ask(abort.signal);
        if (!abort.signal.aborted) setKept({ key, round, value });
      } catch (error) {
        if (!abort.signal.aborted) setKept((old) => ({ ...(old.key === key ? old : {}), key, round, error: error as Error }));
      }
      if (abort.signal.aborted) return;
      own.isBusy = false;
      if (own.isAgain) setRound(round + 1);
      own.isAgain = false;
    };
    void settle();
    return () => {
      own.isBusy = false;
      abort.abort();
    };
  }, [key, round]);
  // While an answer is on its way a wish for a newer one waits: giving up the question each time would never show a slow answer.
  const reload = useCallback(() => {
    if (asking.current.isBusy) asking.current.isAgain = true;
    else setRound((old) => old + 1);
  }, []);
  const isOwn = kept.key === key;
  return {
    value: isOwn ? kept.value : undefined,
    error: isOwn ? kept.error : undefined,
    isLoading: !isOwn || kept.round !== round,
    reload,
  };
}
