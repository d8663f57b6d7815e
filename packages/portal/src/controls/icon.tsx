import type { ReactNode } from "react";

/** Outlines of the icons on a grid of 16 x 16. */
const PATHS = {
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14",
  table: "M2 3.5h12v9H2zM2 6.5h12M2 9.5h12M6 6.5v6",
  chart: "M2 2v12h12M4.5 10.5 7.5 7l2.5 2 3.5-4.5",
  expand: "M9.5 2.5h4v4M13.5 2.5 9 7M6.5 13.5h-4v-4M2.5 13.5 7 9",
  shrink: "M13 6.5H9.5V3M9.5 6.5l4-4M3 9.5h3.5V13M6.5 9.5l-4 4",
  back: "M9.5 3 4.5 8l5 5",
  stop: "M4 4h8v8H4z",
  reset: "M2.5 8a5.5 5.5 0 1 0 1.8-4.1M2.5 2.5v3h3",
  close: "m4 4 8 8m0-8-8 8",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13",
  moon: "M13.5 9.6A6 6 0 1 1 6.4 2.5a5 5 0 0 0 7.1 7.1Z",
  screen: "M2 3h12v8H2zM6 14h4M8 11v3",
  alert: "M8 2 1.5 13.5h13L8 2Zm0 4.5v3.2M8 11.8v.2",
  edit: "m3 13 .7-3L10.5 3.2l2.3 2.3L6 12.3 3 13Z",
  down: "m4 6 4 4 4-4",
  up: "m4 10 4-4 4 4",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  pin: "M5.5 2.5h5l-.8 4.2 2.3 2.3H4l2.3-2.3-.8-4.2ZM8 9v5",
  unpin: "M5.5 2.5h5l-.8 4.2 2.3 2.3H4l2.3-2.3-.8-4.2ZM8 9v5M2 2l12 12",
} as const;

/** Name of an icon. */
export type IconName = keyof typeof PATHS;

/**
 * @param props - which icon
 * @returns its picture, hidden from assistive technology: the words are elsewhere
 */
export function Icon(props: { name: IconName }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[props.name]} />
    </svg>
  );
}
