import { type ReactNode, useState } from "react";
import { Icon } from "../../controls/icon.js";
import { SearchField } from "../../controls/search-field.js";
import { useClosing } from "../../controls/use-closing.js";
import { toggled } from "../../view-state/chart-view.js";
import { useWords } from "../../words/use-words.js";
import { fieldTitle, paramField } from "./field-text.js";
import type { KnownFields } from "./search-terms.js";

const FACTS = ["training", "state"];

/**
 * Chooses what the runs are grouped by, in the order of the choice.
 *
 * @param props - the fields, how to change them, what there is
 * @returns the element
 */
export function GroupMenu(props: { group: readonly string[]; onGroup: (group: string[]) => void; known: KnownFields }): ReactNode {
  const { group, onGroup, known } = props;
  const words = useWords().runs;
  const { overview } = useWords();
  const menu = useClosing();
  const [search, setSearch] = useState("");
  const fields = [...[...known.params.keys()].map(paramField), ...FACTS];
  const found = fields.filter((field) => fieldTitle(field).toLowerCase().includes(search.toLowerCase()));
  return (
    <details ref={menu} className="menu">
      <summary className="button">
        {words.group}
        {group.length > 0 && <span className="menu-choice">{group.map(fieldTitle).join(", ")}</span>}
        <Icon name="down" />
      </summary>
      <div className="menu-body">
        <SearchField label={overview.searchColumns} value={search} onChange={setSearch} />
        <button type="button" className="link-button" onClick={() => onGroup([])}>
          {words.noGroup}
        </button>
        <fieldset>
          <legend>{words.group}</legend>
          {found.map((field) => (
            <label key={field} className="check">
              <input type="checkbox" checked={group.includes(field)} onChange={() => onGroup(toggled(group, field))} />
              {fieldTitle(field)}
            </label>
          ))}
        </fieldset>
      </div>
    </details>
  );
}
