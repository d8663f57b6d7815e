import "uplot/dist/uPlot.min.css";
import "./theme/tokens.css";
import "./theme/base.css";
import "./theme/frame.css";
import "./theme/controls.css";
import "./theme/messages.css";
import "./theme/dialogs.css";
import "./theme/overview.css";
import "./theme/runs.css";
import "./theme/overview-phone.css";
import "./theme/filter.css";
import "./theme/compare.css";
import "./theme/instance.css";
import "./theme/models.css";
import "./theme/environment.css";
import "./theme/charts.css";
import "./theme/chart-menu.css";
import "./theme/chart-tip.css";
import "./theme/log.css";
import "./theme/log-search.css";
import "./theme/training.css";
import "./theme/touch.css";
import "./theme/forced-colors.css";
import "./theme/print.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { loadPart } from "./controls/load-part.js";
import { App } from "./frame/app.js";
import { applyTheme, chosenTheme, printInLight } from "./theme/theme.js";
import { chosenLanguage, DICTIONARIES } from "./words/use-words.js";

applyTheme(chosenTheme.get());
printInLight();
void start();

/** The words come first, then the page. Not awaited by this module: parts of the portal import what is in its file. */
async function start(): Promise<void> {
  const language = chosenLanguage.get();
  const words = await loadPart(DICTIONARIES[language]);
  createRoot(document.querySelector("#root")!).render(
    <StrictMode>
      <App first={{ language, words }} />
    </StrictMode>,
  );
}
