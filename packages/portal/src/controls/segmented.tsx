import type { ReactNode } from "react";

/**
 * A choice of one among a few, all in view.
 *
 * @param props - name of the group, choices with their words, the choice, what a change does
 * @returns the element
 */
export function Segmented<Choice extends string>(props: {
  label: string;
  choices: readonly { value: Choice; content: ReactNode; title?: string }[];
  /** None where something else is chosen. */
  value: Choice | undefined;
  onChange: (choice: Choice) => void;
}): ReactNode {
  return (
    <div className="segmented" role="group" aria-label={props.label}>
      {props.choices.map(({ value, content, title }) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === props.value}
          title={title}
          aria-label={title}
          onClick={() => props.onChange(value)}
        >
          {content}
        </button>
      ))}
    </div>
  );
}
