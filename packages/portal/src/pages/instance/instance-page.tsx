import { type ReactNode, useEffect } from "react";
import { Link } from "wouter";
import { ApiError } from "../../api/request.js";
import { useUntold } from "../../controls/away.js";
import { failureText } from "../../controls/failure-text.js";
import { Loading } from "../../controls/loading.js";
import { Message } from "../../controls/message.js";
import { LogView } from "../../log/log-view.js";
import { readInstanceView, writeInstanceView } from "../../view-state/instance-view.js";
import { useView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";
import { ChartsTab } from "./charts-tab.js";
import { DeletedMessage } from "./deleted-message.js";
import { EventsTab } from "./events-tab.js";
import { InstanceHead } from "./instance-head.js";
import { ModelsTab } from "./models-tab.js";
import { ParamsBaseline } from "./params-baseline.js";
import { ParamsOrigin } from "./params-origin.js";
import { ParamsTab } from "./params-tab.js";
import { Tabs } from "./tabs.js";
import { useInstance } from "./use-instance.js";

/**
 * Everything about one instance, live.
 *
 * @param props - id of the instance
 * @returns the element
 */
export function InstancePage({ id }: { id: string }): ReactNode {
  const words = useWords();
  const [view, change] = useView(readInstanceView, writeInstanceView);
  const { instance, growth, error: failure, reload } = useInstance(id);
  const error = useUntold(failure);
  useEffect(() => {
    document.title = `${instance?.name ?? id} · AVA`;
  }, [id, instance?.name]);

  const deletion =
    error instanceof ApiError && error.code === "deleted" ? (
      <DeletedMessage id={id} error={error} isPage={instance === undefined} onRestored={reload} />
    ) : undefined;
  if (instance === undefined) {
    if (error === undefined) return <Loading title={id} />;
    if (deletion !== undefined) return deletion;
    const isAbsent = error instanceof ApiError && error.code === "not_found";
    return (
      <Message
        isPage
        isAlarm={!isAbsent}
        title={isAbsent ? words.common.notFound : failureText(error, words.common)}
        {...(isAbsent ? { text: words.common.notFoundText } : {})}
      >
        <Link href="/" className="button">
          {words.common.backToOverview}
        </Link>
        {!isAbsent && (
          <button type="button" className="button" onClick={reload}>
            {words.common.retry}
          </button>
        )}
      </Message>
    );
  }
  return (
    <>
      {deletion ?? (error !== undefined && <Message isAlarm title={failureText(error, words.common)} />)}
      <InstanceHead instance={instance} growth={growth} isAtLog={view.tab === "log"} onChanged={reload} />
      <Tabs instance={instance} tab={view.tab} onTab={(tab) => change({ tab }, "push")} />
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${view.tab}`} className="tab-panel">
        {view.tab === "charts" && <ChartsTab instance={instance} growth={growth} view={view} change={change} />}
        {view.tab === "log" && <LogView instance={id} sizeBytes={instance.logBytes} view={view} change={change} />}
        {view.tab === "params" && (
          <>
            <ParamsOrigin instance={instance} />
            <ParamsBaseline instance={instance} baseline={view.baseline} onBaseline={(baseline) => change({ baseline })} />
            <ParamsTab params={instance.paramsText} search={view.params} onSearch={(params) => change({ params })} />
          </>
        )}
        {view.tab === "models" && <ModelsTab instance={instance.id} models={instance.models ?? []} />}
        {view.tab === "events" && <EventsTab instance={instance} />}
      </div>
    </>
  );
}
