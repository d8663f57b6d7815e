import { type InstanceDetail, seriesKey } from "ava-protocol";
import { type ReactNode, useSyncExternalStore } from "react";
import { Link } from "wouter";
import type { Growth } from "../../charts/growth.js";
import { Icon } from "../../controls/icon.js";
import { Said } from "../../controls/said.js";
import { StateBadge } from "../../controls/state-badge.js";
import { useNow } from "../../live/use-now.js";
import { plainText } from "../../log/plain-text.js";
import { formatBytes, formatCount } from "../../words/format-number.js";
import { formatDuration, formatFullMoment, formatMoment } from "../../words/format-time.js";
import { useLanguage, useWords } from "../../words/use-words.js";
import { endOf } from "../overview/instance-row.js";
import { endCauseWords } from "./end-cause.js";
import { LastLines } from "./last-lines.js";
import { RunProgress } from "./run-progress.js";
import { StopButton } from "./stop-button.js";

/**
 * What an instance is, how it is, how it ended, and what of it was lost.
 *
 * @param props - the instance, how far its series have grown, whether its log stands below, what to do after a change
 * @returns the element
 */
export function InstanceHead(props: { instance: InstanceDetail; growth: Growth; isAtLog: boolean; onChanged: () => void }): ReactNode {
  const { instance, growth, isAtLog, onChanged } = props;
  const words = useWords();
  const points = useSyncExternalStore(growth.subscribe, () => pointsOf(instance, growth));
  const language = useLanguage();
  const isRunning = instance.state === "running";
  const nowMs = useNow(isRunning || instance.state === "lost");
  const startMs = instance.startTime === undefined ? undefined : Date.parse(instance.startTime);
  const endMs = endOf(instance);
  const heardMs = instance.heartbeatTime === undefined ? undefined : Date.parse(instance.heartbeatTime);
  const cause = endCauseWords(instance, words);
  const message = isRunning ? undefined : instance.end?.message && plainText(instance.end.message);

  return (
    <header className="instance-head">
      <nav className="crumbs">
        <Link href="/">{words.overview.title}</Link>
        <span aria-hidden="true">/</span>
        <Link href={`/?training=${encodeURIComponent(instance.training)}`}>{instance.training}</Link>
      </nav>
      <div className="instance-title">
        <h1>{instance.name ?? instance.id}</h1>
        {instance.name !== undefined && <code className="title-id">{instance.id}</code>}
        <StateBadge state={instance.state} />
        {isRunning && <StopButton instance={instance} onChanged={onChanged} />}
      </div>
      <dl className="head-facts">
        {startMs !== undefined && (
          <Fact term={words.instance.started} value={formatMoment(startMs, nowMs, language)} title={formatFullMoment(startMs, language)} />
        )}
        {startMs !== undefined && <Fact term={words.instance.duration} value={formatDuration((endMs ?? nowMs) - startMs)} />}
        {isRunning || instance.state === "lost"
          ? heardMs !== undefined && (
              <Fact
                term={words.instance.heartbeat}
                value={words.common.ago(formatDuration(nowMs - heardMs))}
                title={formatFullMoment(heardMs, language)}
              />
            )
          : endMs !== undefined && (
              <Fact term={words.instance.ended} value={formatMoment(endMs, nowMs, language)} title={formatFullMoment(endMs, language)} />
            )}
        <Fact term={words.instance.points} value={formatCount(points)} />
        {instance.host !== undefined && <Fact term={words.instance.host} value={instance.host} />}
      </dl>
      {(cause.length > 0 || message !== undefined) && (
        <p className={instance.state === "done" ? "end-cause" : "end-cause end-cause-alarm"} data-end="">
          {cause.join(" · ")}
          {message !== undefined && <code>{message}</code>}
        </p>
      )}
      {isRunning && <RunProgress instance={instance} />}
      {!isAtLog && (instance.state === "failed" || instance.state === "lost") && <LastLines instance={instance.id} />}
      {instance.damage !== undefined && <Alarm text={words.instance.damage} said={instance.damage.join(" ")} />}
      <Drops instance={instance} />
    </header>
  );
}

function pointsOf(instance: InstanceDetail, growth: Growth): number {
  return instance.series.reduce((sum, summary) => sum + growth.version({ key: seriesKey(summary.name, summary.labels), summary }), 0);
}

function Fact(props: { term: string; value: string; title?: string }): ReactNode {
  return (
    <div>
      <dt>{props.term}</dt>
      <dd title={props.title}>{props.value}</dd>
    </div>
  );
}

function Drops({ instance }: { instance: InstanceDetail }): ReactNode {
  const words = useWords().instance;
  const { points, logBytes, events, unknownRecords = 0, reason } = instance.drops;
  const parts = [
    ...(points > 0 ? [words.dropPoints(formatCount(points))] : []),
    ...(logBytes > 0 ? [words.dropLogBytes(formatBytes(logBytes))] : []),
    ...(events > 0 ? [words.dropEvents(formatCount(events))] : []),
    ...(unknownRecords > 0 ? [words.dropUnknown(formatCount(unknownRecords))] : []),
  ];
  if (parts.length === 0) return null;
  return <Alarm text={words.drops(parts.join(", "))} said={reason} />;
}

function Alarm({ text, said }: { text: string; said: string | undefined }): ReactNode {
  return (
    <p className="drops" role="alert">
      <Icon name="alert" />
      <span>
        {text} {said !== undefined && <Said text={said} />}
      </span>
    </p>
  );
}
