import { createContext, useContext } from "react";
import { remembered } from "../theme/remembered.js";
import type { Language, Words } from "./words.js";

/** Imports of the dictionaries: a page loads the one that it speaks. */
export const DICTIONARIES: Readonly<Record<Language, () => Promise<Words>>> = {
  en: async () => (await import("./en.js")).en,
  zh: async () => (await import("./zh.js")).zh,
};

/** A language, and all texts in it. */
export interface Spoken {
  language: Language;
  words: Words;
}

/** What the page speaks. */
export const SpokenContext: React.Context<Spoken | undefined> = createContext<Spoken | undefined>(undefined);

/** @returns the texts in the page's language */
export function useWords(): Words {
  return useContext(SpokenContext)!.words;
}

/** @returns the page's language */
export function useLanguage(): Language {
  return useContext(SpokenContext)!.language;
}

/** The reader's choice of language, else the first of the browser's languages that there is. */
export const chosenLanguage: ReturnType<typeof remembered<Language>> = remembered("ava.language", ["en", "zh"], () => {
  const first = navigator.languages.find((tag) => /^(en|zh)\b/i.test(tag));
  return first?.toLowerCase().startsWith("zh") === true ? "zh" : "en";
});
