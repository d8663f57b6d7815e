import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { plotOf } from "./plot-host.js";
import type { PlotModel } from "./plot-model.js";
import type { PlotHandlers } from "./plot-options.js";
import { usePlot } from "./use-plot.js";

/** How far a key moves the cursor and how much it zooms. */
const KEY_PLACES = 1;
const FAST_KEY_PLACES = 10;
const KEY_ZOOM = 0.25;
const KEY_PAN = 0.2;

/**
 * The canvas of a chart, with the keyboard's way to what the pointer does: arrows move the cursor, plus and minus zoom, A and D pan, Enter opens the points under the cursor, Escape resets.
 *
 * @param props - see {@link usePlot}; `label` describes the chart to those who do not see it
 * @returns the element
 */
export function Plot(props: { model: PlotModel; heightPx: number; isVisible: boolean; label: string; handlers: PlotHandlers }): ReactNode {
  const { model, heightPx, isVisible, label, handlers } = props;
  const host = useRef<HTMLDivElement>(null);
  usePlot(host, model, heightPx, isVisible, handlers);

  const onKeyDown = (event: KeyboardEvent): void => {
    const plot = plotOf(host.current);
    if (plot === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const x = plot.data[0];
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const step = (event.shiftKey ? FAST_KEY_PLACES : KEY_PLACES) * (event.key === "ArrowLeft" ? -1 : 1);
      const place = Math.min(Math.max((plot.cursor.idx ?? (step < 0 ? x.length : -1)) + step, 0), x.length - 1);
      if (x.length > 0) plot.setCursor({ left: plot.valToPos(x[place]!, "x"), top: 0 }, true);
    } else if (event.key === "+" || event.key === "=") handlers.onStretch(KEY_ZOOM, 1 - KEY_ZOOM);
    else if (event.key === "-") handlers.onStretch(-2 * KEY_ZOOM, 1 + 2 * KEY_ZOOM);
    else if (event.key === "a") handlers.onStretch(-KEY_PAN, 1 - KEY_PAN);
    else if (event.key === "d") handlers.onStretch(KEY_PAN, 1 + KEY_PAN);
    else if (event.key === "Enter") handlers.onPick();
    else if (event.key === "Escape") handlers.onReset();
    else return;
    event.preventDefault();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the chart takes keys
    <div
      ref={host}
      className="plot"
      data-plot=""
      data-mark={model.mark}
      role="img"
      aria-label={label}
      tabIndex={0}
      style={{ height: heightPx }}
      onKeyDown={onKeyDown}
    />
  );
}
