/** Which instances, in which order, and what of them: as the parameters of `GET /v1/instances` and `GET /v1/groups` say it. */
export interface ViewSpec {
  training?: string;
  filter?: string;
  sort?: string;
  /** Fields with commas between; absent for those that tell the instances apart. */
  columns?: string;
  /** Fields with commas between. */
  group?: string;
  /** Ids of instances that stand first. */
  pinned?: string[];
}

/** A view that is kept on the platform. */
export interface SavedView extends ViewSpec {
  name: string;
  /** RFC 3339. */
  changedTime: string;
}
