import { type RefObject, useEffect, useState } from "react";

const callbacks = new WeakMap<Element, (isVisible: boolean) => void>();
let observer: IntersectionObserver | undefined;

/** One observer for the page; what comes within a screen's reach is prepared before it is seen. */
function sharedObserver(): IntersectionObserver {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) callbacks.get(entry.target)?.(entry.isIntersecting);
    },
    { rootMargin: "240px 0px" },
  );
  return observer;
}

/**
 * @param target - an element of the page
 * @returns whether it is in view or about to be, and whether it ever was
 */
export function useVisible(target: RefObject<Element | null>): { isVisible: boolean; wasVisible: boolean } {
  const [state, setState] = useState({ isVisible: false, wasVisible: false });
  useEffect(() => {
    const element = target.current!;
    callbacks.set(element, (isVisible) => setState((old) => ({ isVisible, wasVisible: old.wasVisible || isVisible })));
    sharedObserver().observe(element);
    return () => sharedObserver().unobserve(element);
  }, [target]);
  return state;
}

/**
 * Follows a value only at times.
 *
 * @param isFollowing - whether to follow it now
 * @param value - changing
 * @returns the value as it was when it was followed last
 */
export function useWhile<Value>(isFollowing: boolean, value: Value): Value {
  const [kept, setKept] = useState(value);
  if (isFollowing && kept !== value) setKept(value);
  return isFollowing ? value : kept;
}
