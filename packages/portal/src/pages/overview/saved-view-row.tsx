import { type FormEvent, type ReactNode, useState } from "react";
import { IconButton } from "../../controls/icon-button.js";
import { useWords } from "../../words/use-words.js";

/**
 * @param props - name of a view that is kept, what opens, renames and deletes it
 * @returns its row in the list of views
 */
export function SavedViewRow(props: {
  name: string;
  onOpen: () => void;
  onRename: (name: string) => void;
  onDelete: () => void;
}): ReactNode {
  const { name, onOpen, onRename, onDelete } = props;
  const words = useWords().runs;
  const [isRenamed, setRenamed] = useState(false);
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const next = String(new FormData(event.currentTarget).get("name")).trim();
    setRenamed(false);
    if (next !== "" && next !== name) onRename(next);
  };
  if (isRenamed) {
    return (
      <li>
        <form className="tag-form" onSubmit={onSubmit}>
          <input
            name="name"
            aria-label={words.renameTo}
            defaultValue={name}
            maxLength={128}
            required
            pattern=".*\S.*"
            ref={(input) => input?.select()}
          />
          <button type="submit" className="button">
            {words.save}
          </button>
        </form>
      </li>
    );
  }
  return (
    <li>
      <button type="button" className="saved-view" onClick={onOpen}>
        {name}
      </button>
      <IconButton icon="edit" label={words.rename(name)} onClick={() => setRenamed(true)} />
      <IconButton icon="close" label={words.deleteView(name)} onClick={onDelete} />
    </li>
  );
}
