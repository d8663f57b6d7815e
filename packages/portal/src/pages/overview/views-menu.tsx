import { type FormEvent, type ReactNode, useState } from "react";
import { useResource } from "../../api/use-resource.js";
import { deleteView, loadViews, saveView } from "../../api/views.js";
import { useUntold } from "../../controls/away.js";
import { actionFailureText, failureText } from "../../controls/failure-text.js";
import { Icon } from "../../controls/icon.js";
import { useClosing } from "../../controls/use-closing.js";
import { useLiveRefetch } from "../../live/use-live.js";
import type { OverviewView } from "../../view-state/overview-view.js";
import type { ChangeView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";
import { SavedViewRow } from "./saved-view-row.js";
import type { Done } from "./use-bulk.js";
import { specOf, viewOf } from "./view-spec.js";

/**
 * The views that are kept on the platform: opened, saved, renamed and deleted.
 *
 * @param props - the view and how to change it, its filter as the platform reads it, who is told what was done
 * @returns the element
 */
export function ViewsMenu(props: {
  view: OverviewView;
  change: ChangeView<OverviewView>;
  filter: string;
  onDone: (done: Done) => void;
}): ReactNode {
  const { view, change, filter, onDone } = props;
  const { runs: words, common } = useWords();
  const menu = useClosing();
  const [isRead, setRead] = useState(false);
  const { value: views, reload, ...read } = useResource(`views ${isRead}`, async (signal) => (isRead ? loadViews(signal) : []));
  const error = useUntold(read.error);
  useLiveRefetch(() => false, reload);
  const attempt = async (work: () => Promise<Done>): Promise<void> => {
    try {
      onDone(await work());
    } catch (failure) {
      onDone({ text: actionFailureText(failure, common, words.failed), isAlarm: true });
    }
    reload();
  };
  const onSave = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get("name")).trim();
    if (name === "") return;
    void attempt(async () => {
      await saveView(name, specOf(view, filter));
      form.reset();
      return { text: words.savedView(name) };
    });
  };
  return (
    <details ref={menu} className="menu" onToggle={(event) => event.currentTarget.open && (isRead ? reload() : setRead(true))}>
      <summary className="button">
        {words.views}
        <Icon name="down" />
      </summary>
      <div className="menu-body">
        {error !== undefined && <p className="form-error">{failureText(error, common)}</p>}
        {views?.length === 0 && isRead && <p className="faint">{words.noViews}</p>}
        <ul className="saved-views">
          {views?.map((saved) => (
            <SavedViewRow
              key={saved.name}
              name={saved.name}
              onOpen={() => {
                change(viewOf(saved), "push");
                menu.current!.open = false;
              }}
              onRename={(next) =>
                void attempt(async () => {
                  const { name, changedTime: _changed, ...spec } = saved;
                  await saveView(next, spec);
                  await deleteView(name);
                  return { text: words.savedView(next) };
                })
              }
              onDelete={() =>
                void attempt(async () => {
                  const { name, changedTime: _changed, ...spec } = saved;
                  await deleteView(name);
                  return {
                    text: words.deletedView(name),
                    undo: () =>
                      void attempt(async () => {
                        await saveView(name, spec);
                        return { text: words.savedView(name) };
                      }),
                  };
                })
              }
            />
          ))}
        </ul>
        <form className="tag-form" onSubmit={onSave}>
          <input name="name" aria-label={words.viewName} placeholder={words.saveAs} maxLength={128} required pattern=".*\S.*" />
          <button type="submit" className="button button-main">
            {words.save}
          </button>
        </form>
      </div>
    </details>
  );
}
