/** Moves both ends of what is shown, in parts of it; see `stretched`. */
export type OnStretch = (left: number, right: number, isDone?: boolean) => void;

/** What gestures do to a chart. */
export interface GestureHandlers {
  onStretch: OnStretch;
  onReset(): void;
  /** A click that is not a drag. */
  onPick(): void;
  /** @returns whether a part of the axis is shown: only then one finger pans */
  isZoomed(): boolean;
}

/** Zoom of a turn of the wheel by 100 pixels. */
const WHEEL_ZOOM = 0.8;
/** Height of a line and a page, for mice that turn by those, in CSS pixels. */
const WHEEL_UNIT_PX = [1, 16, 400];
/** Between two taps of a double tap, in milliseconds. */
const DOUBLE_TAP_MS = 300;
/** How far fingers move in a tap, in CSS pixels. */
const TAP_PX = 10;
/** Fingers closer than this have no direction, in CSS pixels. */
const CLOSEST_FINGERS_PX = 8;

/** Whether the pointer was moved by the reader since the wheel last turned the page: then it is the chart under it that is meant. */
let isPointed = false;
let isWatched = false;

function watchPage(): void {
  if (isWatched) return;
  isWatched = true;
  let place = "";
  document.addEventListener("pointermove", ({ screenX, screenY }) => {
    // A page that is turned under a pointer that rests tells of moves as well.
    const now = `${screenX} ${screenY}`;
    if (now !== place) isPointed = true;
    place = now;
  });
  document.addEventListener("wheel", ({ defaultPrevented }) => (isPointed &&= defaultPrevented), { passive: true });
}

/**
 * Lets wheel, touch and drag zoom and pan a chart. The wheel zooms the chart that the pointer was moved onto; a page that is being turned is turned
 * on, and zooming out of a chart that shows everything turns the page. With Shift a drag pans; so does one finger where a part is shown, two zoom.
 *
 * @param over - the area of the lines
 * @param handlers - what to do
 * @returns ends it
 */
export function attachGestures(over: HTMLElement, handlers: GestureHandlers): () => void {
  watchPage();
  const ending = new AbortController();
  const { signal } = ending;
  const fingers = new Map<number, PointerEvent>();
  let tap: { timeMs: number; event: PointerEvent } | undefined;
  const part = (clientX: number): number => {
    const { left, width } = over.getBoundingClientRect();
    return (clientX - left) / width;
  };

  const onWheel = (event: WheelEvent): void => {
    const turned = (event.deltaX + event.deltaY) * WHEEL_UNIT_PX[event.deltaMode]!;
    const isPan = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const hasNothingToDo = !handlers.isZoomed() && (isPan || turned > 0);
    const isMeant = isPointed || event.ctrlKey || event.metaKey;
    if (!isMeant || hasNothingToDo) {
      // A pinch on a touchpad comes as a wheel with Ctrl: the browser would enlarge the page.
      if (event.ctrlKey) event.preventDefault();
      return;
    }
    event.preventDefault();
    if (isPan) {
      const moved = turned / over.clientWidth;
      handlers.onStretch(moved, 1 + moved);
    } else {
      const factor = WHEEL_ZOOM ** (-turned / 100);
      const at = part(event.clientX);
      handlers.onStretch(at - at * factor, at + (1 - at) * factor);
    }
  };

  const onDown = (event: PointerEvent): void => {
    downX = event.clientX;
    const isTouch = event.pointerType === "touch";
    if (!isTouch && !(event.shiftKey && event.button === 0)) return;
    fingers.set(event.pointerId, event);
    over.setPointerCapture(event.pointerId);
    if (!isTouch || fingers.size > 1) {
      tap = undefined;
      return;
    }
    const isDouble = tap !== undefined && event.timeStamp - tap.timeMs < DOUBLE_TAP_MS && distance(event, tap.event) < 2 * TAP_PX;
    tap = isDouble ? undefined : { timeMs: event.timeStamp, event };
    if (isDouble) handlers.onReset();
  };
  const onMove = (event: PointerEvent): void => {
    const before = fingers.get(event.pointerId);
    if (before === undefined) return;
    if (fingers.size === 1 && event.pointerType === "touch" && !handlers.isZoomed()) return;
    if (tap !== undefined && distance(event, tap.event) > TAP_PX) tap = undefined;
    const other = [...fingers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    if (other !== undefined && Math.abs(event.clientX - other.clientX) < CLOSEST_FINGERS_PX) return;
    fingers.set(event.pointerId, event);
    const was = part(before.clientX);
    const is = part(event.clientX);
    const fixed = other === undefined ? undefined : part(other.clientX);
    const scale = fixed === undefined ? 1 : (was - fixed) / (is - fixed);
    handlers.onStretch(was - is * scale, was + (1 - is) * scale);
  };
  let downX = 0;
  const onClick = (event: MouseEvent): void => {
    // A double click resets.
    if (event.detail < 2 && Math.abs(event.clientX - downX) < TAP_PX && !event.shiftKey) handlers.onPick();
  };
  const onUp = (event: PointerEvent): void => {
    fingers.delete(event.pointerId);
  };

  over.addEventListener("wheel", onWheel, { passive: false, signal });
  over.addEventListener("click", onClick, { signal });
  over.addEventListener("pointerdown", onDown, { signal });
  over.addEventListener("pointermove", onMove, { signal });
  for (const end of ["pointerup", "pointercancel"] as const) over.addEventListener(end, onUp, { signal });
  return () => ending.abort();
}

function distance(a: PointerEvent, b: PointerEvent): number {
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
}
