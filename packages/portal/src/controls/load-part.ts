import { type ComponentType, type LazyExoticComponent, lazy } from "react";

/** Between two tries, while the platform is away. */
const RETRY_MS = 1000;

/**
 * Loads a part of the portal that the first page does without. While the platform is away it is asked for again and again.
 *
 * @param load - imports the part
 * @returns the part
 * @throws where the platform answers and does not have the part: it was replaced by another version, and the page must be loaded again
 */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  for (let refused = 0; ; ) {
    try {
      return await load();
    } catch (error) {
      // The platform may have come back between the two questions: only the second time counts.
      if ((await isReachable()) && ++refused > 1) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/**
 * A component whose code is loaded when it is shown first; Suspense shows something else until then.
 *
 * @param load - imports it
 * @returns the component
 */
export function lazyPart<Props>(load: () => Promise<ComponentType<Props>>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => ({ default: await loadPart(load) }));
}

async function isReachable(): Promise<boolean> {
  try {
    return (await fetch("/healthz", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}
