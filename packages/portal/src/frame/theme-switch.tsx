import { type ReactNode, useState } from "react";
import { Icon } from "../controls/icon.js";
import { Segmented } from "../controls/segmented.js";
import { applyTheme, chosenTheme, THEMES } from "../theme/theme.js";
import { useWords } from "../words/use-words.js";

const ICONS = { system: "screen", light: "sun", dark: "moon" } as const;

/** @returns a choice of light, dark, or as the system has it */
export function ThemeSwitch(): ReactNode {
  const words = useWords();
  const [theme, setTheme] = useState(() => chosenTheme.get());
  return (
    <Segmented
      label={words.nav.theme}
      value={theme}
      onChange={(next) => {
        chosenTheme.set(next);
        applyTheme(next);
        setTheme(next);
      }}
      choices={THEMES.map((value) => ({ value, content: <Icon name={ICONS[value]} />, title: words.nav.themes[value] }))}
    />
  );
}
