import { flattenParams } from "ava-protocol";
import { type ReactNode, useMemo } from "react";
import { Message } from "../../controls/message.js";
import { SearchField } from "../../controls/search-field.js";
import { useWords } from "../../words/use-words.js";
import { Pairs } from "./pairs.js";

/**
 * All params of a run by path, nested ones under their first folder.
 *
 * @param props - the params, the search
 * @returns the element
 */
export function ParamsTab(props: {
  /** Text of the params, as it was written. */
  params: string;
  search: string;
  onSearch: (search: string) => void;
}): ReactNode {
  const { params, search, onSearch } = props;
  const words = useWords().instance;
  const flat = useMemo(() => flattenParams(params), [params]);
  const wanted = search.toLowerCase().split(/\s+/);
  const shown = flat.filter(({ path, value }) => wanted.every((word) => `${path}=${value}`.toLowerCase().includes(word)));
  if (flat.length === 0) return <Message title={words.noParams} />;
  return (
    <>
      <div className="toolbar">
        <SearchField label={words.searchParams} value={search} onChange={onSearch} hasHotkey />
      </div>
      {shown.length === 0 ? (
        <Message title={words.noParamsFound} />
      ) : (
        <div className="card">
          <Pairs pairs={shown.map(({ path, value }) => [path, value])} label={asPath} />
        </div>
      )}
    </>
  );
}

function asPath(path: string): ReactNode {
  const name = path.lastIndexOf(".") + 1;
  return (
    <>
      <span className="faint">{path.slice(0, name)}</span>
      {path.slice(name)}
    </>
  );
}
