import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { loadIds } from "../../api/instances.js";
import type { OverviewView } from "../../view-state/overview-view.js";
import { unpickRuns } from "../../view-state/picked-runs.js";
import type { ChangeView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";
import type { Bulk, BulkRuns } from "./use-bulk.js";

/**
 * What can be done with the runs that are picked, or with all that the filter lets through.
 *
 * @param props - the view and how to change it, actions on several runs, how many there are in all, the filter as the platform reads it
 * @returns the element
 */
export function PickedBar(props: {
  view: OverviewView;
  change: ChangeView<OverviewView>;
  bulk: Bulk;
  total: number;
  filter: string;
}): ReactNode {
  const { view, change, bulk, total, filter } = props;
  const { picked, training } = view;
  // Of another filter other runs would be meant.
  const question = JSON.stringify([training, filter]);
  const [allOf, setAllOf] = useState<string>();
  const isAll = allOf === question;
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const runs: BulkRuns = isAll ? () => loadIds({ training, filter }, new AbortController().signal) : picked.map(({ id }) => id);
  const count = isAll ? total : picked.length;
  const onTag = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const tag = String(new FormData(form).get("tag")).trim();
    if (tag !== "") bulk.tag(runs, tag.normalize("NFC"));
    form.reset();
  };
  return (
    <div className="toolbar picked-bar">
      <span role="status">{isAll ? words.runs.allPicked(total) : words.overview.picked(picked.length)}</span>
      {total > picked.length && (
        <button type="button" className="link-button" onClick={() => setAllOf(isAll ? undefined : question)}>
          {isAll ? words.runs.onlyPicked(picked.length) : words.runs.pickAllOf(total)}
        </button>
      )}
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
      <button
        type="button"
        className="button button-danger"
        onClick={() => bulk.remove(runs, (ids) => change((now) => ({ picked: unpickRuns(now.picked, ids) })))}
      >
        {words.runs.delete}
      </button>
      <button type="button" className="button" onClick={() => change({ picked: [] })}>
        {words.overview.clearPicked}
      </button>
      <span className="keys-hint">{words.runs.keys}</span>
      <dialog ref={dialog} className="dialog" aria-labelledby="stop-picked">
        <h2 id="stop-picked">{words.runs.stopTitle(count)}</h2>
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
              bulk.stop(runs);
            }}
          >
            {words.runs.stop}
          </button>
        </div>
      </dialog>
    </div>
  );
}
