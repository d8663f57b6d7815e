import { type RefObject, useEffect, useState } from "react";
import { onNextFrame } from "./frames.js";

/**
 * @param target - an element of the page
 * @returns its inner width in CSS pixels, 0 before the first measurement
 */
export function useWidth(target: RefObject<HTMLElement | null>): number {
  const [widthPx, setWidthPx] = useState(0);
  useEffect(() => {
    const element = target.current!;
    const observer = new ResizeObserver(() => onNextFrame(observer, () => setWidthPx(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [target]);
  return widthPx;
}
