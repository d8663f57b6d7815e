import { type ReactNode, useCallback, useEffect, useState } from "react";
import { Route, Switch } from "wouter";
import { onUnauthorized } from "../api/request.js";
import { type LiveConnection, openLive } from "../live/connection.js";
import { LiveContext } from "../live/use-live.js";
import { ComparePage } from "../pages/compare/compare-page.js";
import { InstancePage } from "../pages/instance/instance-page.js";
import { LoginPage } from "../pages/login/login-page.js";
import { NotFoundPage } from "../pages/not-found-page.js";
import { OverviewPage } from "../pages/overview/overview-page.js";
import { chosenLanguage, DICTIONARIES, LanguageContext } from "../words/use-words.js";
import type { Language } from "../words/words.js";
import { Fault } from "./fault.js";
import { Shell } from "./shell.js";

/**
 * The portal: the login when the platform asks for one, else the pages within their frame.
 *
 * @returns the element
 */
export function App(): ReactNode {
  const [language, setLanguage] = useState(() => chosenLanguage.get());
  const [isLocked, setLocked] = useState(false);
  const [live, setLive] = useState<LiveConnection>();

  useEffect(() => onUnauthorized(() => setLocked(true)), []);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => {
    if (isLocked) return;
    const opened = openLive();
    setLive(opened);
    return () => opened.close();
  }, [isLocked]);
  const chooseLanguage = useCallback((next: Language) => {
    chosenLanguage.set(next);
    setLanguage(next);
  }, []);
  const unlock = useCallback(() => setLocked(false), []);

  return (
    <LanguageContext value={language}>
      <LiveContext value={isLocked ? undefined : live}>
        {isLocked ? (
          <LoginPage onLoggedIn={unlock} />
        ) : (
          <Shell language={language} onLanguage={chooseLanguage} skip={DICTIONARIES[language].skipToContent}>
            <Fault language={language}>
              <Switch>
                <Route path="/">
                  <OverviewPage />
                </Route>
                <Route path="/instances/:id">{({ id }) => <InstancePage key={id} id={decodeId(id)} />}</Route>
                <Route path="/compare">
                  <ComparePage />
                </Route>
                <Route>
                  <NotFoundPage />
                </Route>
              </Switch>
            </Fault>
          </Shell>
        )}
      </LiveContext>
    </LanguageContext>
  );
}

/** An id out of an address that was cut in half stays as it is: there is no such instance, and the page says so. */
function decodeId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
