import type { InstanceRow } from "ava-protocol";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { putRemarks } from "../../api/instances.js";
import { actionFailureText } from "../../controls/failure-text.js";
import { useWords } from "../../words/use-words.js";

/**
 * Tags and note of a run, to be changed.
 *
 * @param props - the run, what to do when the dialog closes, and whether something was changed
 * @returns the element
 */
export function RemarksDialog(props: { row: InstanceRow; onClose: (isChanged: boolean) => void }): ReactNode {
  const { row, onClose } = props;
  const { id, name = id, values } = row;
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<ReactNode>();
  useEffect(() => dialog.current?.showModal(), []);
  const onSubmit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const tags = String(given.get("tags"))
      .split(/[,，]/)
      .map((tag) => tag.trim().normalize("NFC"))
      .filter(Boolean);
    try {
      await putRemarks(id, { tags: [...new Set(tags)], note: String(given.get("note")) });
      onClose(true);
    } catch (failure) {
      setError(actionFailureText(failure, words.common, words.runs.failed));
    }
  };
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="remarks-title" onClose={() => onClose(false)}>
      <form className="remarks" onSubmit={(event) => void onSubmit(event)}>
        <h2 id="remarks-title">{words.runs.editRemarks(name)}</h2>
        <label>
          {words.runs.tags} <small>{words.runs.tagsHint}</small>
          <input name="tags" defaultValue={((values["tag"] as string[] | undefined) ?? []).join(", ")} />
        </label>
        <label>
          {words.runs.note}
          <textarea name="note" rows={4} defaultValue={String(values["note"] ?? "")} />
        </label>
        {error !== undefined && (
          <p className="form-error" role="alert">
            {error}
          </p>
        )}
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {words.common.cancel}
          </button>
          <button type="submit" className="button button-main">
            {words.runs.save}
          </button>
        </div>
      </form>
    </dialog>
  );
}
