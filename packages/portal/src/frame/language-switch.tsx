import type { ReactNode } from "react";
import { Segmented } from "../controls/segmented.js";
import { useWords } from "../words/use-words.js";
import type { Language } from "../words/words.js";

/**
 * @param props - the language and how to change it
 * @returns a choice of languages, each by its own name
 */
export function LanguageSwitch(props: { language: Language; onLanguage: (language: Language) => void }): ReactNode {
  const words = useWords();
  return (
    <Segmented
      label={words.nav.language}
      value={props.language}
      onChange={props.onLanguage}
      choices={[
        { value: "en", content: "EN", title: "EN English" },
        { value: "zh", content: "中", title: "中文" },
      ]}
    />
  );
}
