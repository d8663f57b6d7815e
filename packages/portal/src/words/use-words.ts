import { createContext, useContext } from "react";
import { remembered } from "../theme/remembered.js";
import { en } from "./en.js";
import type { Language, Words } from "./words.js";
import { zh } from "./zh.js";

/** The dictionaries by language. */
export const DICTIONARIES: Readonly<Record<Language, Words>> = { en, zh };

/** Language of the page. */
export const LanguageContext: React.Context<Language> = createContext<Language>("en");

/** @returns the texts in the page's language */
export function useWords(): Words {
  return DICTIONARIES[useContext(LanguageContext)];
}

/** @returns the page's language */
export function useLanguage(): Language {
  return useContext(LanguageContext);
}

/** The reader's choice of language, else the first of the browser's languages that there is. */
export const chosenLanguage: ReturnType<typeof remembered<Language>> = remembered("ava.language", ["en", "zh"], () => {
  const first = navigator.languages.find((tag) => /^(en|zh)\b/i.test(tag));
  return first?.toLowerCase().startsWith("zh") === true ? "zh" : "en";
});
