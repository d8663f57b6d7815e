import { type ReactNode, useState } from "react";
import { useWords } from "../words/use-words.js";
import type { Stretch } from "./stretch.js";

/**
 * Sets the y range of a chart by hand.
 *
 * @param props - the range that is shown, whether it was set by hand, what a new one (nothing: by itself again) does
 * @returns the form
 */
export function YLimitsForm(props: { shown: Stretch; isSet: boolean; onLimits: (limits: Stretch | undefined) => void }): ReactNode {
  const { shown, isSet, onLimits } = props;
  const words = useWords().charts;
  const [typed, setTyped] = useState<readonly [string, string]>();
  const [min, max] = typed ?? [String(shown[0]), String(shown[1])];
  const isGood = min.trim() !== "" && max.trim() !== "" && Number(min) < Number(max);
  return (
    <form
      className="y-limits"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isGood) return;
        setTyped(undefined);
        onLimits([Number(min), Number(max)]);
      }}
    >
      <fieldset>
        <legend>{words.yRange}</legend>
        <div className="y-limits-row">
          <input
            type="number"
            step="any"
            aria-label={words.yMin}
            value={min}
            aria-invalid={!isGood}
            onChange={(event) => setTyped([event.target.value, max])}
          />
          <span aria-hidden="true">–</span>
          <input
            type="number"
            step="any"
            aria-label={words.yMax}
            value={max}
            aria-invalid={!isGood}
            onChange={(event) => setTyped([min, event.target.value])}
          />
          <button type="submit" className="button" disabled={!isGood}>
            {words.yApply}
          </button>
          {isSet && (
            <button
              type="button"
              className="link-button"
              onClick={() => {
                setTyped(undefined);
                onLimits(undefined);
              }}
            >
              {words.yAuto}
            </button>
          )}
        </div>
        {!isGood && <p className="form-error">{words.yWrong}</p>}
      </fieldset>
    </form>
  );
}
