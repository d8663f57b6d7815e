import type { TrainingFacts } from "ava-protocol";
import { LIMITS } from "ava-protocol";
import type { ReactNode } from "react";
import { useWords } from "../../words/use-words.js";

/**
 * Display name and note of a training, and how long its runs are kept.
 *
 * @param props - as they are, told of each change
 * @returns the fields
 */
export function TrainingFields(props: { facts: Required<TrainingFacts>; onFacts: (facts: Required<TrainingFacts>) => void }): ReactNode {
  const { facts, onFacts } = props;
  const words = useWords().trainings;
  return (
    <>
      <label htmlFor="training-display-name">{words.displayName}</label>
      <input
        id="training-display-name"
        maxLength={LIMITS.displayNameChars}
        value={facts.displayName}
        onChange={(event) => onFacts({ ...facts, displayName: event.target.value })}
      />
      <label htmlFor="training-note">{words.note}</label>
      <textarea
        id="training-note"
        rows={3}
        maxLength={LIMITS.noteUnits}
        value={facts.note}
        onChange={(event) => onFacts({ ...facts, note: event.target.value })}
      />
      <label htmlFor="training-retention">{words.retentionDays}</label>
      <input
        id="training-retention"
        type="number"
        min={0}
        max={36_500}
        value={facts.retentionDays === 0 ? "" : facts.retentionDays}
        onChange={(event) => onFacts({ ...facts, retentionDays: Math.floor(Number(event.target.value)) })}
      />
    </>
  );
}
