import type { ReactNode } from "react";
import { loadLogs } from "../api/logs.js";
import { useResource } from "../api/use-resource.js";
import { Icon } from "../controls/icon.js";
import { IconButton } from "../controls/icon-button.js";
import { formatCount } from "../words/format-number.js";
import { formatFullMoment } from "../words/format-time.js";
import { useLanguage, useWords } from "../words/use-words.js";

/**
 * What is known of the line that the reader chose: its number and its time, which leads to the charts.
 *
 * @param props - the instance, first byte of the line, what leads to the charts (a time in milliseconds since 1970), what gives the choice up
 * @returns the element
 */
export function SelectedLine(props: { instance: string; at: number; onChart: (timeMs: number) => void; onClose: () => void }): ReactNode {
  const { instance, at, onChart, onClose } = props;
  const words = useWords().log;
  const language = useLanguage();
  const { value } = useResource(JSON.stringify([instance, at]), (signal) =>
    loadLogs(instance, { offset: at, limit: 4, times: "1", lines: "1" }, signal),
  );
  const timeNs = value?.times?.[0]?.timeNs;
  const timeMs = timeNs === undefined ? undefined : Number(timeNs) / 1e6;
  return (
    <p className="log-selected" role="status">
      {value?.line !== undefined && <strong>{words.line(formatCount(value.line))}</strong>}
      {timeMs !== undefined && (
        <>
          <time>{formatFullMoment(timeMs, language)}</time>
          <button type="button" className="link-button" onClick={() => onChart(timeMs)}>
            <Icon name="chart" /> {words.inCharts}
          </button>
        </>
      )}
      <IconButton icon="close" label={words.unselect} onClick={onClose} />
    </p>
  );
}
