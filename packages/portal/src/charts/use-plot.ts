import { type RefObject, useEffect, useEffectEvent, useRef } from "react";
import uPlot from "uplot";
import { onColorsChange } from "../theme/theme.js";
import { emphasis } from "./emphasis.js";
import { cancelFrame, onNextFrame } from "./frames.js";
import { attachGestures } from "./gestures.js";
import { plotColors } from "./plot-colors.js";
import { exposePlot, plotOf } from "./plot-host.js";
import type { PlotModel } from "./plot-model.js";
import { CURSOR_SYNC, type PlotHandlers, plotOptions } from "./plot-options.js";

/**
 * Keeps a uPlot in an element: made once, then fed; resized with the element; repainted when the theme changes. The model's lines, axis and
 * kind of y scale must stay the same for the life of the component.
 *
 * @param host - the element
 * @param model - what to draw
 * @param heightPx - of the chart
 * @param isVisible - whether the chart can be seen: only then does it take part in the common cursor, for moving two hundred would be felt
 * @param handlers - what to tell
 */
export function usePlot(
  host: RefObject<HTMLElement | null>,
  model: PlotModel,
  heightPx: number,
  isVisible: boolean,
  handlers: PlotHandlers,
): void {
  const latest = useRef(model);
  const onStretch = useEffectEvent(handlers.onStretch);
  const onPick = useEffectEvent(handlers.onPick);
  const isZoomed = useEffectEvent(handlers.isZoomed);
  const onReset = useEffectEvent(handlers.onReset);
  const onCursor = useEffectEvent(handlers.onCursor);

  useEffect(() => {
    const element = host.current!;
    const told: PlotHandlers = {
      onStretch: (left, right, isDone) => onStretch(left, right, isDone),
      onReset: () => onReset(),
      onPick: () => onPick(),
      isZoomed: () => isZoomed(),
      onCursor: (cursor) => onCursor(cursor),
    };
    const plot = new uPlot(
      plotOptions(() => latest.current, plotColors, told, { width: element.clientWidth, height: heightPx }),
      latest.current.data,
      element,
    );
    const endGestures = attachGestures(plot.over, told);
    exposePlot(element, plot);
    const resized = new ResizeObserver(() => {
      onNextFrame(resized, () => {
        if (element.clientWidth > 0 && element.clientWidth !== plot.width)
          plot.setSize({ width: element.clientWidth, height: plot.height });
      });
    });
    resized.observe(element);
    const endColors = onColorsChange(() => plot.redraw(false, true));
    return () => {
      resized.disconnect();
      endColors();
      endGestures();
      for (const owner of [resized, element]) cancelFrame(owner);
      exposePlot(element, undefined);
      plot.destroy();
    };
  }, [host, heightPx]);

  useEffect(() => {
    if (!isVisible) return;
    const show = (): void => {
      const place = emphasis.placeIn(latest.current.lines);
      // Nothing is set off for it: all lines are as they were.
      plotOf(host.current)?.setSeries(place === undefined ? null! : place + 1, { focus: true });
    };
    show();
    return emphasis.subscribe(() => onNextFrame(show, show));
  }, [host, isVisible, heightPx]);

  useEffect(() => {
    latest.current = model;
    onNextFrame(host.current!, () => plotOf(host.current)?.setData(model.data));
  }, [host, model]);

  useEffect(() => {
    const plot = plotOf(host.current);
    if (plot === undefined) return;
    const group = uPlot.sync(CURSOR_SYNC);
    // A new uPlot is in the group already, and one that is in it twice would be moved twice.
    group.unsub(plot);
    if (!isVisible) return;
    group.sub(plot);
    return () => group.unsub(plot);
  }, [host, isVisible, heightPx]);
}
