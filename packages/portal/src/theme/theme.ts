import { remembered } from "./remembered.js";

/** Colour theme by the reader's choice. */
export type Theme = "system" | "light" | "dark";

/** All themes in the order of the switch. */
export const THEMES: readonly Theme[] = ["system", "light", "dark"];

/** The reader's choice of theme. */
export const chosenTheme: ReturnType<typeof remembered<Theme>> = remembered("ava.theme", THEMES, () => "system");

const listeners = new Set<() => void>();

/**
 * Sets the page's theme; the style sheet does the rest.
 *
 * @param theme - the choice
 */
export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  for (const listener of listeners) listener();
}

/** Paper is white: while the page is printed, also what is painted on canvases has the light colours. */
export function printInLight(): void {
  addEventListener("beforeprint", () => applyTheme("light"));
  addEventListener("afterprint", () => applyTheme(chosenTheme.get()));
}

/**
 * Tells when the colours change, by choice, because the system went dark, or for paper: what is painted on a canvas must be painted again.
 *
 * @param listener - called after the change
 * @returns ends the listening
 */
export function onColorsChange(listener: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", listener);
  listeners.add(listener);
  return () => {
    system.removeEventListener("change", listener);
    listeners.delete(listener);
  };
}

/**
 * Reads a colour of the style sheet as a canvas can use it; a custom property itself would come back unresolved.
 *
 * @param name - of the custom property: `--line-1`
 * @returns the colour in the current theme
 */
export function readColor(name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  // Lines of one colour could not be told apart.
  probe.style.forcedColorAdjust = "none";
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}
