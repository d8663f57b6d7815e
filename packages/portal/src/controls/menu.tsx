import { type ReactNode, useEffect, useRef } from "react";

/**
 * What a button opens below itself; Escape, a click elsewhere and a change to or from the full screen close it.
 *
 * @param props - the button's name and content, its class, what it opens
 * @returns the element
 */
export function Menu(props: { label: string; button: ReactNode; className?: string; children: ReactNode }): ReactNode {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const element = menu.current!;
    const onPointerDown = (event: PointerEvent): void => {
      if (event.target instanceof Node && !element.contains(event.target)) element.open = false;
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
  return (
    <details ref={menu} className="menu">
      <summary className={props.className ?? "button"} aria-label={props.label} title={props.label}>
        {props.button}
      </summary>
      <div className="menu-body">{props.children}</div>
    </details>
  );
}
