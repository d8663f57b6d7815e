import type { InstanceRow } from "ava-protocol";
import { type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { Link } from "wouter";
import { useUntold } from "../../controls/away.js";
import { lazyPart } from "../../controls/load-part.js";
import { Loading } from "../../controls/loading.js";
import { Message } from "../../controls/message.js";
import { Segmented } from "../../controls/segmented.js";
import { LIST_INTERVAL_MS, useLiveRefetch } from "../../live/use-live.js";
import { useNow } from "../../live/use-now.js";
import { RUNS_SHOWS, readOverviewView, writeOverviewView } from "../../view-state/overview-view.js";
import { MOST_PICKED } from "../../view-state/picked-runs.js";
import { trainingAddress } from "../../view-state/training-view.js";
import { useView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";
import { Constants } from "./constants.js";
import { Filters } from "./filters.js";
import { GroupsTable } from "./groups-table.js";
import { LIST_COLUMNS } from "./instance-row.js";
import { ListError } from "./list-error.js";
import { Notice } from "./notice.js";
import { PickedBar } from "./picked-bar.js";
import { RemarksDialog } from "./remarks-dialog.js";
import { RunsTable } from "./runs-table.js";
import { filterText, readAsMetrics, unknownFields } from "./search-terms.js";
import { useBulk } from "./use-bulk.js";
import { fieldsOf, useFields } from "./use-fields.js";
import { usePinned } from "./use-pinned.js";
import { useRunActions } from "./use-run-actions.js";
import { useRuns } from "./use-runs.js";
import { useSelection } from "./use-selection.js";
import { useShowKeys } from "./use-show-keys.js";
import { useStateCounts } from "./use-state-counts.js";

const ComparedRuns = lazyPart(async () => (await import("../compare/compared-runs.js")).ComparedRuns);
const NO_FIELDS = fieldsOf([], []);

/** @returns all instances, live: as a table, or some of them beside each other as charts or params */
export function OverviewPage(): ReactNode {
  const words = useWords();
  const [view, change] = useView(readOverviewView, writeOverviewView);
  const { training, state, sort, terms, show } = view;
  const known = useFields(training);
  const fields = known ?? NO_FIELDS;
  const columns = view.columns ?? fields.columns;
  const [isDraft, setDraft] = useState(false);
  const text = useMemo(() => filterText(terms, fields, isDraft), [terms, fields, isDraft]);
  const filter = state === undefined ? text : `${text} state=${state}`.trim();
  // Those of the reader first: a message about one names its place.
  const listColumns = [...columns, ...LIST_COLUMNS].join(",");
  const isGrouped = show === "table" && view.group.length > 0;
  const runs = useRuns(known && { training, sort, filter, columns: listColumns });
  const { rows: pinned, reload: reloadPinned } = usePinned(view.pinned, listColumns);
  const { counts, recount } = useStateCounts(training, text);
  const shown = useMemo(() => new Set(runs.rows.map(({ id }) => id)), [runs.rows]);
  const { pages, total, error } = runs;
  const reload = useCallback(() => {
    pages?.reload();
    reloadPinned();
  }, [pages, reloadPinned]);
  const bulk = useBulk(
    useCallback(() => {
      reload();
      recount();
    }, [reload, recount]),
  );
  const [edited, setEdited] = useState<InstanceRow>();
  useLiveRefetch(
    (live) => (training === undefined || live.training === training) && (live.facts === true || shown.has(live.instance)),
    reload,
    LIST_INTERVAL_MS,
  );
  useEffect(() => {
    document.title = training === undefined ? "AVA" : `${training} · AVA`;
  }, [training]);
  useShowKeys(change);
  const nowMs = useNow((counts?.running ?? 0) > 0);
  const actions = useRunActions(change);
  const selection = useSelection(view, runs.rows);
  const untold = useUntold(error);
  const unknown = useMemo(() => (fields.runs === 0 ? [] : unknownFields(terms, fields)), [terms, fields]);
  const asMetrics = useMemo(() => readAsMetrics(terms, fields), [terms, fields]);
  const isFiltered = state !== undefined || terms.length > 0;

  return (
    <>
      <div className="page-head runs-head">
        <h1>{training ?? words.overview.title}</h1>
        {total !== undefined && (
          <p className="page-facts">
            {words.overview.instances(total)}
            {(counts?.running ?? 0) > 0 && <span className="running-note">{words.overview.running(counts!.running)}</span>}
          </p>
        )}
        {training !== undefined && <Link href={trainingAddress(training)}>{words.trainings.settings}</Link>}
        <Segmented
          label={words.runs.show}
          value={show}
          onChange={(next) => change({ show: next }, "push")}
          choices={RUNS_SHOWS.map((value) => ({ value, content: words.runs.shows[value] }))}
        />
        <Constants fields={fields} />
      </div>
      <Filters {...{ view, change, counts, fields, columns, filter, isDraft }} onDraft={setDraft} onDone={bulk.tell} />
      {asMetrics.map(({ name, params }) => (
        <p key={name} className="faint" role="status">
          {words.overview.readAsMetric(name, params.join(", "))}
        </p>
      ))}
      {show === "table" && view.picked.length > 0 && (
        <PickedBar view={view} change={change} bulk={bulk} total={total ?? 0} filter={filter} />
      )}
      {untold !== undefined && (
        <ListError error={untold} onRetry={() => pages?.reload()} onUsualColumns={view.columns && (() => change({ columns: undefined }))} />
      )}
      {total === undefined && untold === undefined && <Loading />}
      {total === 0 && !isFiltered && (
        <Message title={words.overview.empty} text={words.overview.emptyText}>
          <code className="snippet">npx ava-sdk run -- python train.py</code>
        </Message>
      )}
      {total === 0 && isFiltered && (
        <Message
          title={words.overview.nothingFound}
          {...(unknown.length === 0 ? {} : { text: words.overview.unknownFields(unknown.join(", ")) })}
        >
          <button type="button" className="button" onClick={() => change({ terms: [], state: undefined })}>
            {words.overview.clearFilters}
          </button>
        </Message>
      )}
      {isGrouped && total !== undefined && total > 0 && <GroupsTable view={view} filter={filter} columns={columns} actions={actions} />}
      {show === "table" && !isGrouped && total !== undefined && total > 0 && (
        <RunsTable
          rows={runs.rows}
          total={total}
          columns={columns}
          view={view}
          nowMs={nowMs}
          pages={pages}
          pinned={pinned}
          actions={actions}
          onEdit={setEdited}
          onDelete={(ids) => bulk.remove(ids, (removed) => actions.onPick(removed, false))}
        />
      )}
      {show !== "table" && selection.length > 0 && (
        <Suspense fallback={<Loading />}>
          <ComparedRuns
            runs={selection}
            firstIds={runs.rows.slice(0, MOST_PICKED).map(({ id }) => id)}
            total={total ?? 0}
            view={view}
            change={change}
            fields={fields}
          />
        </Suspense>
      )}
      {edited !== undefined && (
        <RemarksDialog
          key={edited.id}
          row={edited}
          onClose={(isChanged) => {
            setEdited(undefined);
            if (isChanged) reload();
          }}
        />
      )}
      {bulk.done !== undefined && <Notice done={bulk.done} onClose={() => bulk.tell(undefined)} />}
    </>
  );
}
