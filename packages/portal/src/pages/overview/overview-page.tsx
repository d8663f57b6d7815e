import type { InstanceState } from "ava-protocol";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { loadInstances } from "../../api/instances.js";
import { ApiError } from "../../api/request.js";
import { useResource } from "../../api/use-resource.js";
import { Loading } from "../../controls/loading.js";
import { Message } from "../../controls/message.js";
import { LIST_INTERVAL_MS, useLiveRefetch } from "../../live/use-live.js";
import { useNow } from "../../live/use-now.js";
import { readOverviewView, writeOverviewView } from "../../view-state/overview-view.js";
import { useView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";
import { Filters } from "./filters.js";
import { instanceRow, matchesSearch } from "./instance-row.js";
import { InstanceTable } from "./instance-table.js";

/** @returns all instances, live */
export function OverviewPage(): ReactNode {
  const words = useWords();
  const [view, change] = useView(readOverviewView, writeOverviewView);
  const [pages, setPages] = useState(1);
  const list = useResource(`instances ${view.training ?? ""}`, (signal) => loadInstances(view.training, pages, signal));
  const { reload } = list;
  useLiveRefetch(({ training }) => view.training === undefined || training === view.training, reload, LIST_INTERVAL_MS);
  useEffect(() => {
    document.title = view.training === undefined ? "AVA" : `${view.training} · AVA`;
  }, [view.training]);

  const instances = list.value?.instances;
  const isAnyRunning = instances?.some((instance) => instance.state === "running") ?? false;
  const nowMs = useNow(isAnyRunning);
  // The order by duration is that of the last answer; only the shown durations tick.
  const rows = useMemo(() => (list.value?.instances ?? []).map((instance) => instanceRow(instance, list.value?.readMs ?? 0)), [list.value]);
  const counts = useMemo(() => {
    const byState = new Map<InstanceState, number>();
    for (const { state } of rows) byState.set(state, (byState.get(state) ?? 0) + 1);
    return byState;
  }, [rows]);
  const shown = useMemo(
    () => rows.filter((row) => (view.state === undefined || row.state === view.state) && matchesSearch(row, view.search)),
    [rows, view.state, view.search],
  );

  return (
    <>
      <div className="page-head">
        <h1>{view.training ?? words.overview.title}</h1>
        {instances !== undefined && (
          <p className="page-facts">
            {words.overview.instances(list.value?.total ?? rows.length)}
            {isAnyRunning && <span className="running-note">{words.overview.running(counts.get("running") ?? 0)}</span>}
          </p>
        )}
      </div>
      <Filters view={view} change={change} counts={counts} />
      {list.error !== undefined && (
        <Message
          isAlarm
          title={
            list.error instanceof ApiError && list.error.code === "unreachable"
              ? words.common.unreachable
              : words.common.failed(list.error.message)
          }
        >
          <button type="button" className="button" onClick={reload}>
            {words.common.retry}
          </button>
        </Message>
      )}
      {instances === undefined && list.error === undefined && <Loading />}
      {instances?.length === 0 && (
        <Message title={words.overview.empty} text={words.overview.emptyText}>
          <code className="snippet">npx ava-sdk run -- python train.py</code>
        </Message>
      )}
      {rows.length > 0 && shown.length === 0 && (
        <Message title={words.overview.nothingFound}>
          <button type="button" className="button" onClick={() => change({ search: "", state: undefined })}>
            {words.overview.clearFilters}
          </button>
        </Message>
      )}
      {shown.length > 0 && (
        <div className="card table-card">
          <InstanceTable rows={shown} nowMs={nowMs} view={view} onSort={(sort) => change({ sort })} />
        </div>
      )}
      {list.value !== undefined && list.value.total > rows.length && (
        <button
          type="button"
          className="button button-more"
          onClick={() => {
            setPages(pages + 1);
            reload();
          }}
        >
          {words.overview.more}
        </button>
      )}
    </>
  );
}
