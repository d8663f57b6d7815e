import { type FormEvent, type ReactNode, useRef } from "react";
import type { OverviewView } from "../../view-state/overview-view.js";
import type { ChangeView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";
import type { Bulk } from "./use-bulk.js";

/**
 * What can be done with the runs that are picked.
 *
 * @param props - the view and how to change it, actions on several runs
 * @returns the element
 */
export function PickedBar(props: { view: OverviewView; change: ChangeView<OverviewView>; bulk: Bulk }): ReactNode {
  const { view, change, bulk } = props;
  const { picked } = view;
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const ids = picked.map(({ id }) => id);
  const onTag = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const tag = String(new FormData(form).get("tag")).trim();
    if (tag !== "") bulk.tag(ids, tag.normalize("NFC"));
    form.reset();
  };
  return (
    <div className="toolbar picked-bar">
      <span role="status">{words.overview.picked(picked.length)}</span>
      <button type="button" className="button button-main" onClick={() => change({ show: "charts" }, "push")}>
        {words.overview.compare(picked.length)}
      </button>
      <form className="tag-form" onSubmit={onTag}>
        <input name="tag" aria-label={words.runs.tagName} placeholder={words.runs.tagName} maxLength={128} />
        <button type="submit" className="button">
          {words.runs.addTag}
        </button>
      </form>
      <button type="button" className="button" onClick={() => dialog.current?.showModal()}>
        {words.runs.stop}
      </button>
      <button type="button" className="button button-danger" onClick={() => bulk.remove(ids, () => change({ picked: [] }))}>
        {words.runs.delete}
      </button>
      <button type="button" className="button" onClick={() => change({ picked: [] })}>
        {words.overview.clearPicked}
      </button>
      <span className="keys-hint">{words.runs.keys}</span>
      <dialog ref={dialog} className="dialog" aria-labelledby="stop-picked">
        <h2 id="stop-picked">{words.runs.stopTitle(picked.length)}</h2>
        <p>{words.instance.stopText}</p>
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {words.common.cancel}
          </button>
          <button
            type="button"
            className="button button-danger-main"
            onClick={() => {
              dialog.current?.close();
              bulk.stop(ids);
            }}
          >
            {words.runs.stop}
          </button>
        </div>
      </dialog>
    </div>
  );
}
