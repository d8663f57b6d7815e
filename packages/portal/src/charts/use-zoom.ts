import { useEffect, useState } from "react";
import type { ChartView } from "../view-state/chart-view.js";
import type { ChangeView } from "../view-state/use-view.js";
import { createZoom, type Zoom } from "./zoom.js";

/**
 * Makes the zoom of a page's charts; its resting places are in the URL, each one step of the browser's history.
 *
 * @param range - as the URL has it
 * @param change - of the view
 * @returns the zoom
 */
export function useZoom(range: ChartView["range"], change: ChangeView<ChartView>): Zoom {
  const [zoom] = useState(() => createZoom(range, (done) => change({ range: done }, "push")));
  useEffect(() => zoom.follow(range), [zoom, range]);
  useEffect(() => () => zoom.close(), [zoom]);
  return zoom;
}
