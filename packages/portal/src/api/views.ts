import type { SavedView, ViewSpec } from "ava-protocol";
import { call } from "./call.js";

/**
 * @param signal - gives the question up
 * @returns the views that are kept on the platform, by name
 */
export async function loadViews(signal: AbortSignal): Promise<SavedView[]> {
  return (await call("GET /v1/views", { signal })).views;
}

/**
 * Keeps a view on the platform; one of the same name is replaced.
 *
 * @param name - of the view
 * @param spec - what it shows
 * @throws ApiError with the platform's words
 */
export async function saveView(name: string, spec: ViewSpec): Promise<void> {
  await call("PUT /v1/views/{name}", { path: { name }, body: spec });
}

/**
 * Deletes a view.
 *
 * @param name - of the view
 */
export async function deleteView(name: string): Promise<void> {
  await call("DELETE /v1/views/{name}", { path: { name } });
}
