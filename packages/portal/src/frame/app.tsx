import { type ReactNode, useCallback, useEffect, useState } from "react";
import { Route, Switch, useLocation } from "wouter";
import { onUnauthorized } from "../api/request.js";
import { type LiveConnection, openLive } from "../live/connection.js";
import { LiveContext } from "../live/use-live.js";
import { ForeignPage } from "../pages/foreign-page.js";
import { InstancePage } from "../pages/instance/instance-page.js";
import { LoginPage } from "../pages/login/login-page.js";
import { OverviewPage } from "../pages/overview/overview-page.js";
import { NewTrainingPage } from "../pages/training/new-training-page.js";
import { TrainingPage } from "../pages/training/training-page.js";
import { ownAddress } from "../view-state/foreign-address.js";
import { NEW_TRAINING } from "../view-state/training-view.js";
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
  useOwnAddress();
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
                <Route path={NEW_TRAINING}>
                  <NewTrainingPage />
                </Route>
                <Route path="/trainings/:name/params">{({ name }) => <TrainingPage key={name} name={decodeId(name)} />}</Route>
                <Route>
                  <ForeignPage />
                </Route>
              </Switch>
            </Fault>
          </Shell>
        )}
      </LiveContext>
    </LanguageContext>
  );
}

/** Goes on to our page where the address is one of MLflow's kind, which says in its hash what it means. */
function useOwnAddress(): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    const follow = (): void => {
      const address = ownAddress(location.pathname, location.search, location.hash);
      if (address !== undefined) navigate(address, { replace: true });
    };
    follow();
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [navigate]);
}

/** An id out of an address that was cut in half stays as it is: there is no such instance, and the page says so. */
function decodeId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
