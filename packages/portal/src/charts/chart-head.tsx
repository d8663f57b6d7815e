import type { ReactNode } from "react";
import { Icon } from "../controls/icon.js";
import { IconButton } from "../controls/icon-button.js";
import { Menu } from "../controls/menu.js";
import { formatCount, formatStep, formatValue } from "../words/format-number.js";
import { useWords } from "../words/use-words.js";
import type { ChartNote } from "./notes.js";
import type { PlotModel } from "./plot-model.js";
import type { SaveFormat } from "./save/save.js";
import type { Stretch } from "./stretch.js";
import type { Outliers } from "./use-outliers.js";
import { YLimitsForm } from "./y-limits-form.js";

/** Outliers that a chart's head names; all that are known stand in its title. */
const MOST_NAMED = 2;

/**
 * Name of a chart, remarks about it, and what can be done with it.
 *
 * @param props - what is said, what is so now, and what each click does
 * @returns the element
 */
export function ChartHead(props: {
  base: string;
  notes: readonly ChartNote[];
  outliers: Outliers | undefined;
  model: PlotModel | undefined;
  isClipped: boolean;
  isTable: boolean;
  isLarge: boolean;
  isPinned: boolean;
  hasYLimits: boolean;
  onClip: () => void;
  onTable: () => void;
  onLarge: () => void;
  onPin: () => void;
  onYLimits: (limits: Stretch | undefined) => void;
  isFullScreen: boolean;
  onFullScreen: () => void;
  onSave: (format: SaveFormat) => void;
}): ReactNode {
  const { base, notes, outliers, model, isClipped, isTable, isLarge, isPinned } = props;
  const words = useWords().charts;
  return (
    <figcaption className="chart-head">
      <h3 title={base}>{base}</h3>
      <div className="chart-notes">
        {notes.map((note) => (
          <span key={note.id} className={note.isAlarm ? "note note-alarm" : "note"} title={note.title ?? note.text}>
            {note.text}
          </span>
        ))}
        {outliers !== undefined && <OutlierNote outliers={outliers} isClipped={isClipped} onClip={props.onClip} />}
      </div>
      <IconButton icon={isPinned ? "unpin" : "pin"} label={isPinned ? words.unpin : words.pin} onClick={props.onPin} />
      <IconButton icon={isTable ? "chart" : "table"} label={isTable ? words.asChart : words.asTable} onClick={props.onTable} />
      <IconButton icon={isLarge ? "shrink" : "expand"} label={isLarge ? words.reduce : words.enlarge} onClick={props.onLarge} />
      <Menu label={words.more(base)} className="icon-button" button={<Icon name="more" />}>
        {model !== undefined && <YLimitsForm shown={model.yRange} isSet={props.hasYLimits} onLimits={props.onYLimits} />}
        <button type="button" className="button" onClick={props.onFullScreen}>
          {props.isFullScreen ? words.endFullScreen : words.fullScreen}
        </button>
        {model !== undefined && !isTable && (
          <div className="menu-buttons" role="group" aria-label={words.save}>
            <span>{words.save}</span>
            {(["png", "svg", "csv"] as const).map((format) => (
              <button key={format} type="button" className="button" onClick={() => props.onSave(format)}>
                {format.toUpperCase()}
              </button>
            ))}
          </div>
        )}
      </Menu>
    </figcaption>
  );
}

/** How many values lie far off, and which: a click cuts them off, or shows them again. */
function OutlierNote(props: { outliers: Outliers; isClipped: boolean; onClip: () => void }): ReactNode {
  const { outliers, isClipped, onClip } = props;
  const words = useWords().charts;
  const places = outliers.found.map(({ title, value, step }) => {
    const place = words.valueAt(formatValue(value), formatStep(step));
    return title === undefined ? place : `${title} ${place}`;
  });
  const count = formatCount(outliers.total);
  const text = isClipped ? words.outliersCut(count, outliers.total === 1) : words.outliers(count, outliers.total === 1);
  const named = places.length === 0 ? "" : `: ${places.slice(0, MOST_NAMED).join(", ")}${outliers.total > MOST_NAMED ? ", …" : ""}`;
  return (
    <button type="button" className="note note-button" aria-pressed={isClipped} title={[text, ...places].join("\n")} onClick={onClip}>
      {text}
      {named}
    </button>
  );
}
