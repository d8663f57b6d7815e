import type { InstanceDetail, InstanceEvent } from "ava-protocol";
import type { ReactNode } from "react";
import { formatBytes, formatCount, formatStep } from "../../words/format-number.js";
import { formatFullMoment } from "../../words/format-time.js";
import { useLanguage, useWords } from "../../words/use-words.js";
import { Environment } from "./environment.js";
import { Pairs } from "./pairs.js";
import { RunFiles } from "./run-files.js";
import { RunLinks } from "./run-links.js";

/** Nanoseconds in a millisecond. */
const NS_PER_MS = 1_000_000n;

/**
 * Where and how a run was started, with what code, software and machine, its files, and what happened in it.
 *
 * @param props - the instance
 * @returns the element
 */
export function EventsTab({ instance }: { instance: InstanceDetail }): ReactNode {
  const words = useWords().instance;
  const facts: readonly [string, string | undefined][] = [
    [words.command, instance.command?.map(shellWord).join(" ")],
    [words.host, instance.host],
    [words.folder, instance.workingFolder],
    [words.process, instance.pid?.toString()],
    [words.batchOfEpoch, instance.batchOfEpoch === undefined ? undefined : formatCount(instance.batchOfEpoch)],
    [words.series, formatCount(instance.series.length)],
    [words.logSize, formatBytes(instance.logBytes)],
  ];
  return (
    <div className="columns">
      <section className="card">
        <h2>{words.facts}</h2>
        <Pairs pairs={facts} />
      </section>
      <Environment facts={instance} />
      <RunLinks instance={instance} />
      <RunFiles instance={instance.id} />
      <section className="card">
        <h2>{words.eventsTitle}</h2>
        {instance.events.length === 0 && <p className="card-empty">{words.noEvents}</p>}
        <ol className="events">
          {instance.events.toReversed().map((event, i) => (
            // oxlint-disable-next-line react/no-array-index-key -- events are only ever added at the end
            <EventItem key={instance.events.length - i} event={event} />
          ))}
        </ol>
      </section>
    </div>
  );
}

function EventItem({ event }: { event: InstanceEvent }): ReactNode {
  const words = useWords().instance;
  const language = useLanguage();
  return (
    <li className={`event event-${event.event}`}>
      <span className="event-kind">{words.events[event.event]}</span>
      {event.step !== undefined && <span className="faint">{words.step(formatStep(event.step))}</span>}
      {event.timeNs !== undefined && <time>{formatFullMoment(Number(BigInt(event.timeNs) / NS_PER_MS), language)}</time>}
      {event.file !== undefined && <code>{event.file}</code>}
      {event.message !== undefined && <code>{event.message}</code>}
    </li>
  );
}

/** A word of a command as a shell would take it. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
