import { type ReactNode, useCallback, useEffect, useMemo } from "react";
import { ApiError } from "../../api/request.js";
import { Loading } from "../../controls/loading.js";
import { Message } from "../../controls/message.js";
import { LIST_INTERVAL_MS, useLiveRefetch } from "../../live/use-live.js";
import { useNow } from "../../live/use-now.js";
import { readOverviewView, writeOverviewView } from "../../view-state/overview-view.js";
import { useView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";
import { Filters } from "./filters.js";
import { TIME_COLUMNS } from "./instance-row.js";
import { PickedBar } from "./picked-bar.js";
import { RunsTable } from "./runs-table.js";
import { fullTerm, splitTerms } from "./search-terms.js";
import { type Fields, fieldsOf, useFields } from "./use-fields.js";
import { useRuns } from "./use-runs.js";
import { useStateCounts } from "./use-state-counts.js";

const NO_FIELDS = fieldsOf([], []);

/** @returns all instances, live */
export function OverviewPage(): ReactNode {
  const words = useWords();
  const [view, change] = useView(readOverviewView, writeOverviewView);
  const { training, state, sort, terms } = view;
  const known = useFields(training);
  const fields = known.fields ?? NO_FIELDS;
  const columns = view.columns ?? fields.columns;
  const filter = useMemo(() => filterText(terms, fields), [terms, fields]);
  const runs = useRuns(
    known.fields && {
      training,
      sort,
      filter: state === undefined ? filter : `${filter} state=${state}`.trim(),
      columns: [...TIME_COLUMNS, ...columns].join(","),
    },
  );
  const counts = useStateCounts(training, filter);
  const shown = useMemo(() => new Set(runs.rows.map(({ id }) => id)), [runs.rows]);
  const isBare = fields.runs === 0;
  useLiveRefetch(
    (live) => (training === undefined || live.training === training) && (live.facts === true || shown.has(live.instance)),
    () => {
      runs.pages?.reload();
      // The first runs of a platform bring the first columns.
      if (isBare) known.reload();
    },
    LIST_INTERVAL_MS,
  );
  useEffect(() => {
    document.title = training === undefined ? "AVA" : `${training} · AVA`;
  }, [training]);
  const nowMs = useNow((counts?.running ?? 0) > 0);
  const onTerm = useCallback(
    (term: string) => change({ terms: [...readOverviewView(location.search).terms.filter((other) => other !== term), term] }, "push"),
    [change],
  );
  const onPick = useCallback(
    (id: string) => {
      const { picked } = readOverviewView(location.search);
      change({ picked: picked.includes(id) ? picked.filter((other) => other !== id) : [...picked, id] });
    },
    [change],
  );
  const { pages, total, error } = runs;
  const onView = useCallback((from: number, to: number) => pages?.want(from, to), [pages]);
  const isFiltered = state !== undefined || terms.length > 0;

  return (
    <>
      <div className="page-head">
        <h1>{training ?? words.overview.title}</h1>
        {total !== undefined && (
          <p className="page-facts">
            {words.overview.instances(total)}
            {(counts?.running ?? 0) > 0 && <span className="running-note">{words.overview.running(counts!.running)}</span>}
          </p>
        )}
        <Constants fields={fields} />
      </div>
      <Filters view={view} change={change} counts={counts} fields={fields} columns={columns} />
      {view.picked.length > 0 && <PickedBar picked={view.picked} onClear={() => change({ picked: [] })} />}
      {error !== undefined && <ListError error={error} onRetry={() => pages?.reload()} />}
      {total === undefined && error === undefined && <Loading />}
      {total === 0 && !isFiltered && (
        <Message title={words.overview.empty} text={words.overview.emptyText}>
          <code className="snippet">npx ava-sdk run -- python train.py</code>
        </Message>
      )}
      {total === 0 && isFiltered && (
        <Message title={words.overview.nothingFound}>
          <button type="button" className="button" onClick={() => change({ terms: [], state: undefined })}>
            {words.overview.clearFilters}
          </button>
        </Message>
      )}
      {total !== undefined && total > 0 && (
        <RunsTable
          rows={runs.rows}
          total={total}
          columns={columns}
          view={view}
          nowMs={nowMs}
          onSort={(next) => change({ sort: next })}
          onTerm={onTerm}
          onPick={onPick}
          onView={onView}
        />
      )}
    </>
  );
}

/** The terms as the platform reads them; one that is not finished is left out. */
function filterText(terms: readonly string[], fields: Fields): string {
  return terms
    .filter((term) => !/[=<>~!]\s*$/.test(term) && !/^"[^"]*$/.test(term))
    .flatMap(splitTerms)
    .map((term) => fullTerm(term, fields))
    .join(" ");
}

/** Params that do not tell the runs apart are said once. */
function Constants({ fields }: { fields: Fields }): ReactNode {
  const words = useWords().overview;
  if (fields.constants.length === 0) return null;
  const text = fields.constants.map(({ path, value }) => `${path} ${value}`).join(" · ");
  return (
    <p className="constants" title={text}>
      {words.sameInAll(fields.runs)} {text}
    </p>
  );
}

function ListError(props: { error: Error; onRetry: () => void }): ReactNode {
  const { common } = useWords();
  const { error, onRetry } = props;
  if (error instanceof ApiError && error.status === 400) {
    return (
      <p className="form-error filter-error" role="alert">
        {error.message}
      </p>
    );
  }
  const isAway = error instanceof ApiError && error.code === "unreachable";
  return (
    <Message isAlarm title={isAway ? common.unreachable : common.failed(error.message)}>
      <button type="button" className="button" onClick={onRetry}>
        {common.retry}
      </button>
    </Message>
  );
}
