import { type RefObject, useEffect, useState } from "react";

/**
 * @param target - an element of the page
 * @returns height of the screen in CSS pixels while it shows the element alone, and what shows it so, or ends that
 */
export function useFullScreen(target: RefObject<HTMLElement | null>): { heightPx: number | undefined; toggle: () => void } {
  const [heightPx, setHeightPx] = useState<number>();
  useEffect(() => {
    const update = (): void => setHeightPx(document.fullscreenElement === target.current ? innerHeight : undefined);
    document.addEventListener("fullscreenchange", update);
    addEventListener("resize", update);
    return () => {
      document.removeEventListener("fullscreenchange", update);
      removeEventListener("resize", update);
    };
  }, [target]);
  const toggle = (): void => void (document.fullscreenElement === null ? target.current?.requestFullscreen() : document.exitFullscreen());
  return { heightPx, toggle };
}
