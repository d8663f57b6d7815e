import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.js";

/**
 * @param props - picture, words for it, what a click does
 * @returns a button without visible words
 */
export function IconButton(props: { icon: IconName; label: string; onClick: () => void }): ReactNode {
  return (
    <button type="button" className="icon-button" aria-label={props.label} title={props.label} onClick={props.onClick}>
      <Icon name={props.icon} />
    </button>
  );
}
