/** What the page of a training shows beside its params. */
export interface TrainingView {
  /** Revision whose differences are shown. */
  revision: number | undefined;
  /** Revision that it is compared with; the one before it where none is chosen. */
  base: number | undefined;
}

/** @param search - query string of the page @returns the view */
export function readTrainingView(search: string): TrainingView {
  const query = new URLSearchParams(search);
  const number = (name: string): number | undefined => {
    const value = Number(query.get(name));
    return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  };
  return { revision: number("revision"), base: number("base") };
}

/** @param view - of the page @returns its query string */
export function writeTrainingView({ revision, base }: TrainingView): string {
  const query = new URLSearchParams();
  if (revision !== undefined) query.set("revision", String(revision));
  if (base !== undefined) query.set("base", String(base));
  return query.toString();
}

/** Address of the page that makes a training. */
export const NEW_TRAINING = "/new-training";

/** @param training - name @param revision - to be shown @returns address of its page */
export function trainingAddress(training: string, revision?: number): string {
  return `/trainings/${encodeURIComponent(training)}/params${revision === undefined ? "" : `?revision=${revision}`}`;
}
