/** A view of the list of instances that was kept on the platform. */
export interface SavedView {
  name: string;
  changedMs: number;
  /** What `PUT /v1/views/:name` takes, see docs/formats/views.md. */
  view: Record<string, unknown>;
}
