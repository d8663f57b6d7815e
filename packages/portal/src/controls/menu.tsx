import type { ReactNode } from "react";
import { useClosing } from "./use-closing.js";

/**
 * What a button opens below itself; Escape, a click elsewhere and a change to or from the full screen close it.
 *
 * @param props - the button's name and content, its class, what it opens
 * @returns the element
 */
export function Menu(props: { label: string; button: ReactNode; className?: string; children: ReactNode }): ReactNode {
  const menu = useClosing();
  return (
    <details ref={menu} className="menu">
      <summary className={props.className ?? "button"} aria-label={props.label} title={props.label}>
        {props.button}
      </summary>
      <div className="menu-body">{props.children}</div>
    </details>
  );
}
