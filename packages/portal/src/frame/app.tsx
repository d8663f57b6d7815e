import { type ReactNode, Suspense, useCallback, useEffect, useState } from "react";
import { Route, Switch, useLocation } from "wouter";
import { onUnauthorized } from "../api/request.js";
import { lazyPart, loadPart } from "../controls/load-part.js";
import { Loading } from "../controls/loading.js";
import { type LiveConnection, openLive } from "../live/connection.js";
import { LiveContext } from "../live/use-live.js";
import { OverviewPage } from "../pages/overview/overview-page.js";
import { ownAddress } from "../view-state/foreign-address.js";
import { EVALUATIONS, MODELS } from "../view-state/kept-pages.js";
import { NEW_TRAINING } from "../view-state/training-view.js";
import { chosenLanguage, DICTIONARIES, type Spoken, SpokenContext } from "../words/use-words.js";
import type { Language } from "../words/words.js";
import { Fault } from "./fault.js";
import { Shell } from "./shell.js";

const InstancePage = lazyPart(async () => (await import("../pages/instance/instance-page.js")).InstancePage);
const NewTrainingPage = lazyPart(async () => (await import("../pages/training/new-training-page.js")).NewTrainingPage);
const TrainingPage = lazyPart(async () => (await import("../pages/training/training-page.js")).TrainingPage);
const ModelsPage = lazyPart(async () => (await import("../pages/models/models-page.js")).ModelsPage);
const ModelPage = lazyPart(async () => (await import("../pages/models/model-page.js")).ModelPage);
const EvaluationsPage = lazyPart(async () => (await import("../pages/evaluations/evaluations-page.js")).EvaluationsPage);
const EvaluationPage = lazyPart(async () => (await import("../pages/evaluations/evaluation-page.js")).EvaluationPage);
const ForeignPage = lazyPart(async () => (await import("../pages/foreign-page.js")).ForeignPage);
const LoginPage = lazyPart(async () => (await import("../pages/login/login-page.js")).LoginPage);

/**
 * The portal: the login when the platform asks for one, else the pages within their frame.
 *
 * @param props - what it speaks at first
 * @returns the element
 */
export function App({ first }: { first: Spoken }): ReactNode {
  const [spoken, setSpoken] = useState(first);
  const { language, words } = spoken;
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
  const chooseLanguage = async (next: Language): Promise<void> => {
    chosenLanguage.set(next);
    try {
      setSpoken({ language: next, words: await loadPart(DICTIONARIES[next]) });
    } catch {
      // The platform was replaced by another version: its portal speaks the chosen language.
      location.reload();
    }
  };
  const unlock = useCallback(() => setLocked(false), []);

  return (
    <SpokenContext value={spoken}>
      <LiveContext value={isLocked ? undefined : live}>
        {isLocked ? (
          <Suspense>
            <LoginPage onLoggedIn={unlock} />
          </Suspense>
        ) : (
          <Shell language={language} onLanguage={(next) => void chooseLanguage(next)}>
            <Fault words={words}>
              <Suspense fallback={<Loading />}>
                <Switch>
                  <Route path="/">
                    <OverviewPage />
                  </Route>
                  <Route path="/instances/:id">{() => <InstancePage key={nameInAddress()} id={nameInAddress()} />}</Route>
                  <Route path={NEW_TRAINING}>
                    <NewTrainingPage />
                  </Route>
                  <Route path="/trainings/:name/params">{() => <TrainingPage key={nameInAddress()} name={nameInAddress()} />}</Route>
                  <Route path={MODELS}>
                    <ModelsPage />
                  </Route>
                  <Route path={`${MODELS}/:name`}>{() => <ModelPage key={nameInAddress()} name={nameInAddress()} />}</Route>
                  <Route path={EVALUATIONS}>
                    <EvaluationsPage />
                  </Route>
                  <Route path={`${EVALUATIONS}/:name`}>{() => <EvaluationPage key={nameInAddress()} name={nameInAddress()} />}</Route>
                  <Route>
                    <ForeignPage />
                  </Route>
                </Switch>
              </Suspense>
            </Fault>
          </Shell>
        )}
      </LiveContext>
    </SpokenContext>
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

/**
 * Whose page the address means: the routes tell it half decoded, so that `a/b` and `a%2Fb` would be one. A name out of an address that was cut in half stays as it
 * is: there is no such thing, and the page says so.
 */
function nameInAddress(): string {
  const text = location.pathname.split("/")[2] ?? "";
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
