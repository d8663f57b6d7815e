import { type ComponentProps, type ReactNode, useState } from "react";

/** Options that are made at once, however the select is used. */
const MOST_AT_ONCE = 500;

/**
 * A select whose options, where there are many, are made once it is touched: those of 10,000 metrics would hold up every change of a page.
 *
 * @param props - those of a select, how many options there are, the chosen one, and what makes all
 * @returns the element
 */
export function LongSelect(
  props: ComponentProps<"select"> & { count: number; chosen: () => ReactNode; options: () => ReactNode },
): ReactNode {
  const { count, chosen, options, ...others } = props;
  const [isTouched, setTouched] = useState(false);
  return (
    <select {...others} onPointerDown={() => setTouched(true)} onFocus={() => setTouched(true)} onBlur={() => setTouched(false)}>
      {isTouched || count <= MOST_AT_ONCE ? options() : chosen()}
    </select>
  );
}
