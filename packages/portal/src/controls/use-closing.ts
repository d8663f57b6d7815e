import { type RefObject, useEffect, useRef } from "react";

/** @returns for the element of a menu: Escape, a click elsewhere and a change to or from the full screen close it */
export function useClosing(): RefObject<HTMLDetailsElement | null> {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const element = menu.current!;
    const onPointerDown = (event: PointerEvent): void => {
      const { target } = event;
      // A notice tells, and takes back, what was done in the menu.
      if (target instanceof Element && !element.contains(target) && target.closest(".notice") === null) element.open = false;
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || !element.open) return;
      element.open = false;
      element.querySelector("summary")!.focus();
    };
    const onFullScreen = (): void => void (element.open = false);
    document.addEventListener("pointerdown", onPointerDown);
    document.addEventListener("fullscreenchange", onFullScreen);
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("pointerdown", onPointerDown);
      document.removeEventListener("fullscreenchange", onFullScreen);
      document.removeEventListener("keydown", onKeyDown);
    };
  }, []);
  return menu;
}
