import { type ReactNode, useEffect } from "react";
import { Link } from "wouter";
import { loadTrainings, onTrainingsChanged } from "../api/trainings.js";
import { useResource } from "../api/use-resource.js";
import { AwayContext, AwayMessage } from "../controls/away.js";
import { useEvery } from "../live/use-every.js";
import { LIST_INTERVAL_MS, useLiveRefetch, useLiveState } from "../live/use-live.js";
import { useWords } from "../words/use-words.js";
import type { Language } from "../words/words.js";
import { LanguageSwitch } from "./language-switch.js";
import { LiveMark } from "./live-mark.js";
import { ThemeSwitch } from "./theme-switch.js";
import { TrainingList } from "./training-list.js";

/** A live stream that breaks does not tell why: a question does, also that the token is not accepted any more. */
const AWAY_MS = 5000;

/**
 * What stands around every page: the name, the trainings, the live connection, language and theme.
 *
 * @param props - the page, its language and how to change it
 * @returns the element
 */
export function Shell(props: { language: Language; onLanguage: (language: Language) => void; children: ReactNode }): ReactNode {
  const words = useWords();
  const isAway = useLiveState() === "lost";
  const trainings = useResource("trainings", loadTrainings);
  useLiveRefetch((change) => change.facts === true, trainings.reload, LIST_INTERVAL_MS);
  useEvery(AWAY_MS, isAway, trainings.reload);
  useEffect(() => onTrainingsChanged(trainings.reload), [trainings.reload]);
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {words.skipToContent}
      </a>
      <header className="side">
        <Link href="/" className="brand">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="8" />
            <path d="M6 9c4 0 5 13 10 13 4 0 4-5 10-5" />
          </svg>
          <span>AVA</span>
          <small>{words.appPurpose}</small>
        </Link>
        <TrainingList trainings={trainings.value ?? []} />
        <div className="side-foot">
          <LiveMark />
          <LanguageSwitch language={props.language} onLanguage={props.onLanguage} />
          <ThemeSwitch />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        <AwayContext value={isAway}>
          <AwayMessage />
          {props.children}
        </AwayContext>
      </main>
    </div>
  );
}
