import type { ReactNode } from "react";
import { IconButton } from "../../controls/icon-button.js";
import { useWords } from "../../words/use-words.js";
import type { Done } from "./use-bulk.js";

/**
 * @param props - what was done, what closes the notice
 * @returns a notice at the edge of the page, with a way back where there is one
 */
export function Notice(props: { done: Done; onClose: () => void }): ReactNode {
  const { done, onClose } = props;
  const words = useWords().runs;
  return (
    <div className={done.isAlarm === true ? "notice notice-alarm" : "notice"} role={done.isAlarm === true ? "alert" : "status"}>
      <span>{done.text}</span>
      {done.undo !== undefined && (
        <button type="button" className="button" onClick={done.undo}>
          {words.undo}
        </button>
      )}
      <IconButton icon="close" label={words.close} onClick={onClose} />
    </div>
  );
}
