import { type ChangeEvent, type ReactNode, useId, useRef } from "react";
import type { ParamsCheck } from "../../params/check.js";
import { useWords } from "../../words/use-words.js";

/**
 * A text of params, which is kept as it is written, with what is wrong in it.
 *
 * @param props - the text, what was found in it, told of each change
 * @returns the element
 */
export function ParamsEditor(props: { text: string; check: ParamsCheck; onText: (text: string) => void }): ReactNode {
  const { text, check, onText } = props;
  const words = useWords().trainings;
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const isWrong = "problem" in check;

  const goTo = (offset: number): void => {
    area.current!.focus();
    area.current!.setSelectionRange(offset, Math.min(offset + 1, text.length));
  };
  const openFile = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const [file] = event.target.files ?? [];
    event.target.value = "";
    if (file !== undefined) onText(await file.text());
  };
  return (
    <div className="params-editor">
      <div className="field-head">
        <label htmlFor={id}>{words.params}</label>
        <label className="button file-button">
          {words.file}
          <input type="file" accept=".json,application/json" onChange={(event) => void openFile(event)} />
        </label>
      </div>
      <textarea
        id={id}
        ref={area}
        spellCheck={false}
        rows={Math.min(Math.max(text.split("\n").length + 1, 8), 32)}
        value={text}
        aria-invalid={isWrong}
        aria-describedby={`${id}-check`}
        onChange={(event) => onText(event.target.value)}
      />
      <p id={`${id}-check`} className={isWrong ? "check-line form-error" : "check-line"} role="status">
        {isWrong ? words.notJson(check.line, check.column, check.problem) : words.valid(check.count)}
        {isWrong && (
          <button type="button" className="link-button" onClick={() => goTo(check.offset)}>
            {words.goTo}
          </button>
        )}
      </p>
    </div>
  );
}
