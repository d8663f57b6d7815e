import type { TrainingSummary } from "ava-protocol";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { useSearch } from "wouter/use-browser-location";
import { EVALUATIONS, MODELS } from "../view-state/kept-pages.js";
import { readOverviewView, writeOverviewView } from "../view-state/overview-view.js";
import { NEW_TRAINING } from "../view-state/training-view.js";
import { useWords } from "../words/use-words.js";

/**
 * The trainings with their numbers, running ones first; each leads to its instances. Below them the lists of what runs have left.
 *
 * @param props - the trainings
 * @returns the element
 */
export function TrainingList(props: { trainings: readonly TrainingSummary[] }): ReactNode {
  const words = useWords();
  const [path] = useLocation();
  const view = readOverviewView(useSearch());
  const isOverview = path === "/";
  const trainings = props.trainings.toSorted(
    (a, b) => Number(b.running > 0) - Number(a.running > 0) || a.name.localeCompare(b.name, "en", { numeric: true }),
  );
  const listAddress = (training: string | undefined): string => {
    const query = writeOverviewView({ ...(isOverview ? view : readOverviewView("")), training });
    return query === "" ? "/" : `/?${query}`;
  };
  const total = trainings.reduce((sum, training) => sum + training.instances, 0);
  return (
    <nav className="trainings" aria-label={words.nav.trainings}>
      <h2>{words.nav.trainings}</h2>
      <ul>
        <li>
          <Link href={listAddress(undefined)} aria-current={isOverview && view.training === undefined ? "page" : undefined}>
            <span className="training-name">{words.nav.allTrainings}</span>
            <span className="count">{total}</span>
          </Link>
        </li>
        {trainings.map(({ name, displayName = name, instances, running }) => (
          <li key={name}>
            <Link href={listAddress(name)} aria-current={isOverview && view.training === name ? "page" : undefined} title={name}>
              <span className="training-name">{displayName}</span>
              {running > 0 && (
                <span className="pulse" role="img" aria-label={words.overview.running(running)} title={words.overview.running(running)} />
              )}
              <span className="count">{instances}</span>
            </Link>
          </li>
        ))}
        <li>
          <Link href={NEW_TRAINING} aria-current={path === NEW_TRAINING ? "page" : undefined}>
            <span className="training-name">{words.trainings.add}</span>
            <span className="count" aria-hidden="true">
              +
            </span>
          </Link>
        </li>
      </ul>
      <h2>{words.nav.kept}</h2>
      <ul>
        {([MODELS, EVALUATIONS] as const).map((address) => (
          <li key={address}>
            <Link href={address} aria-current={path.startsWith(address) ? "page" : undefined}>
              <span className="training-name">{address === MODELS ? words.models.title : words.evaluations.title}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
