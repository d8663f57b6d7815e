import { type ReactNode, useState } from "react";
import { useLanguage, useWords } from "../words/use-words.js";

/**
 * A sentence of the platform, which speaks English: in a page of another language it stands behind a button.
 *
 * @param props - the sentence, whether it is shown from the start
 * @returns the element
 */
export function Said(props: { text: string; isOpen?: boolean }): ReactNode {
  const { common } = useWords();
  const isEnglish = useLanguage() === "en";
  const [isOpen, setOpen] = useState(props.isOpen === true);
  if (isEnglish) return props.text;
  return (
    <>
      <button type="button" className="link-button said" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {common.platformSaid}
      </button>
      {isOpen && (
        <>
          {" "}
          <span lang="en">{props.text}</span>
        </>
      )}
    </>
  );
}
