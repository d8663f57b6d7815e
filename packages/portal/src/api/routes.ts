// Made by scripts/portal-api.mjs from the platform's OpenAPI document: change the schemas of its routes, then run the script.

/** Routes of the platform: what is asked with and what is answered. */
export interface Api {
  /** Delete an instance; it can be restored for seven days */
  "DELETE /v1/instances/{id}": { path: { id: string }; answer: { deleted: string[] } };
  /** Remove a file, or a folder, of a run */
  "DELETE /v1/instances/{id}/files/{*}": { path: { id: string; "*": string }; answer: { deleted: string } };
  /** Remove what a reparse added, and nothing else */
  "DELETE /v1/instances/{id}/reparse/{n}": { path: { id: string; n: string }; answer: ReparseSummary };
  /** Delete a training with all its instances; each can be restored for seven days, and brings the training back */
  "DELETE /v1/trainings/{training}": { path: { training: string }; answer: { deleted: string[] } };
  /** Delete a saved view */
  "DELETE /v1/views/{name}": { path: { name: string }; answer: { deleted: string } };
  /** All evaluations, the newest first */
  "GET /v1/evaluations": { query: { instance?: string | undefined }; answer: { evaluations: Evaluation[] } };
  /** One evaluation with its result */
  "GET /v1/evaluations/{name}": { path: { name: string }; answer: EvaluationDetail };
  /** Params and metrics that instances have, for completion; a second old where it is asked for again */
  "GET /v1/fields": {
    query: { training?: string | undefined };
    answer: { instances: number; params: { path: string; instances: number; values: string[] }[]; metrics: string[] };
  };
  /** Groups of instances, with mean and spread of metrics */
  "GET /v1/groups": {
    query: {
      training?: string | undefined;
      filter?: string | undefined;
      group: string;
      columns?: string | undefined;
      sort?: string | undefined;
      limit?: number | undefined;
    };
    answer: {
      groups: {
        values: Record<string, unknown>;
        count: number;
        states: { running?: number; done?: number; failed?: number; lost?: number };
        metrics: Record<
          string,
          {
            count: number;
            mean?: number | "NaN" | "Infinity" | "-Infinity";
            deviation?: number | "NaN" | "Infinity" | "-Infinity";
            min?: { value: number; instance: string };
            max?: { value: number; instance: string };
          }
        >;
        filter?: string;
      }[];
      group: string[];
      columns: string[];
      total: number;
    };
  };
  /** Ids of all instances that a filter lets through, in order */
  "GET /v1/ids": { query: { training?: string | undefined; filter?: string | undefined }; answer: { ids: string[] } };
  /** Instances of all trainings */
  "GET /v1/instances": {
    query: {
      filter?: string | undefined;
      sort?: string | undefined;
      columns?: string | undefined;
      limit?: number | undefined;
      cursor?: string | undefined;
    };
    answer: { instances: (InstanceSummary | InstanceRow)[]; columns?: string[]; total: number; nextCursor?: string };
  };
  /** Everything about an instance */
  "GET /v1/instances/{id}": { path: { id: string }; answer: InstanceDetail };
  /** Paths and sizes of the files of a run, up to 10000 */
  "GET /v1/instances/{id}/files": { path: { id: string }; answer: { files: { path: string; bytes: number }[] } };
  /** A file of a run */
  "GET /v1/instances/{id}/files/{*}": { path: { id: string; "*": string }; answer: string };
  /** Log text, cut at whole lines (and whole characters of longer ones); a search in it; all of it */
  "GET /v1/instances/{id}/logs": {
    path: { id: string };
    query: {
      offset?: number | undefined;
      limit?: number | undefined;
      before?: number | undefined;
      tail?: number | undefined;
      time?: string | undefined;
      line?: number | undefined;
      times?: "" | "0" | "1" | undefined;
      lines?: "" | "0" | "1" | undefined;
      search?: string | undefined;
      hits?: number | undefined;
      download?: "" | "0" | "1" | undefined;
    };
    answer:
      | {
          offset: number;
          nextOffset: number;
          size: number;
          text: string;
          line?: number;
          times?: { offset: number; timeNs: string }[];
          damage?: string[];
        }
      | { size: number; hits: { offset: number; lineOffset: number; line: string; timeNs?: string }[]; nextOffset?: number };
  };
  /** Points of one series with step, epoch and time: those at a place, or those outside a range of values */
  "GET /v1/instances/{id}/points": {
    path: { id: string };
    query: {
      name: string;
      labels?: string | undefined;
      x?: "step" | "time" | "relative" | "epoch" | undefined;
      from?: number | undefined;
      to?: number | undefined;
      below?: number | undefined;
      above?: number | undefined;
      limit?: number | undefined;
    };
    answer: {
      name: string;
      labels: Record<string, string>;
      total: number;
      points: {
        step: number | "NaN" | "Infinity" | "-Infinity";
        epoch?: number | "NaN" | "Infinity" | "-Infinity";
        timeNs: string;
        value: number | "NaN" | "Infinity" | "-Infinity";
      }[];
      damage?: string[];
    };
  };
  /** Reparses of an instance, and how far its log is read by those at work */
  "GET /v1/instances/{id}/reparse": { path: { id: string }; answer: { reparses: ReparseSummary[]; reading: ReparseReading[] } };
  /** Columns of one series, exact for every bucket */
  "GET /v1/instances/{id}/series": {
    path: { id: string };
    query: {
      name: string;
      labels?: string | undefined;
      x?: "step" | "time" | "epoch" | undefined;
      from?: number | undefined;
      to?: number | undefined;
      buckets?: number | undefined;
    };
    answer: SeriesAnswer;
  };
  /** Whether this client may use the API */
  "GET /v1/me": { answer: { needsToken: boolean; isLoggedIn: boolean } };
  /** Newest version of every model, or every version of one */
  "GET /v1/models": { query: { instance?: string | undefined; name?: string | undefined }; answer: { models: Model[] } };
  /** One model */
  "GET /v1/models/{name}": { path: { name: string }; query: { includeDetails?: boolean | undefined }; answer: Model };
  /** The model's file: streamed from this machine, or a redirect to Kodo */
  "GET /v1/models/{name}/file": {
    path: { name: string };
    query: { version?: string | undefined; expires?: string | undefined; sign?: string | undefined };
    answer: string;
  };
  /** One model */
  "GET /v1/models/{name}/{version}": {
    path: { name: string; version: string };
    query: { includeDetails?: boolean | undefined };
    answer: Model;
  };
  /** All trainings */
  "GET /v1/trainings": { answer: { trainings: TrainingSummary[] } };
  /** One training */
  "GET /v1/trainings/{training}": { path: { training: string }; answer: TrainingDetail };
  /** Instances of one training */
  "GET /v1/trainings/{training}/instances": {
    path: { training: string };
    query: {
      filter?: string | undefined;
      sort?: string | undefined;
      columns?: string | undefined;
      limit?: number | undefined;
      cursor?: string | undefined;
    };
    answer: { instances: (InstanceSummary | InstanceRow)[]; columns?: string[]; total: number; nextCursor?: string };
  };
  /** Params that runs of a training receive */
  "GET /v1/trainings/{training}/params": { path: { training: string }; query: { revision?: number | undefined }; answer: TrainingParams };
  /** Revisions of a training's params, the oldest first */
  "GET /v1/trainings/{training}/params/revisions": { path: { training: string }; answer: { revisions: ParamsRevision[] } };
  /** Rules that runs of a training read their output with; none where it has none */
  "GET /v1/trainings/{training}/rules": { path: { training: string }; answer: { training: string; rules: string[] } };
  /** All saved views */
  "GET /v1/views": { answer: { views: SavedView[] } };
  /** A saved view */
  "GET /v1/views/{name}": { path: { name: string }; answer: SavedView };
  /** Journal records of one writer; each is taken once, the answer comes after the commit */
  "POST /v1/instances/{id}/records": {
    path: { id: string };
    answer: { ack: number; refused?: { seq: number; code: string; message: string }[]; stop?: { reason: string }; pauseMs?: number };
  };
  /** Read the stored log again with new rules: adds the points that are not there yet, or tells them */
  "POST /v1/instances/{id}/reparse": {
    path: { id: string };
    body: { rules?: readonly string[] | undefined; parser?: string | undefined; preview?: boolean | undefined };
    answer: {
      n?: number;
      preview: boolean;
      points: number;
      known: number;
      refusedPoints?: number;
      reason?: string;
      series: {
        name: string;
        labels: Record<string, string>;
        points: number;
        known: number;
        others: number;
        first: {
          value: number | "NaN" | "Infinity" | "-Infinity";
          step: number | "NaN" | "Infinity" | "-Infinity";
          epoch?: number | "NaN" | "Infinity" | "-Infinity";
          timeNs: string;
          offset: number;
          line: number;
        };
        last: {
          value: number | "NaN" | "Infinity" | "-Infinity";
          step: number | "NaN" | "Infinity" | "-Infinity";
          epoch?: number | "NaN" | "Infinity" | "-Infinity";
          timeNs: string;
          offset: number;
          line: number;
        };
      }[];
      silentRules: string[];
      logBytes: number;
      damage?: string[];
    };
  };
  /** Bring a deleted instance back as it was */
  "POST /v1/instances/{id}/restore": { path: { id: string }; answer: InstanceDetail };
  /** Ask the run to stop; delivered when its shipper next sends */
  "POST /v1/instances/{id}/stop": { path: { id: string }; body: { reason?: string | undefined } | null; answer: InstanceDetail };
  /** Trade a token for a session in a cookie */
  "POST /v1/login": { body: { token: string }; answer: { needsToken: boolean; isLoggedIn: boolean } };
  /** End the session */
  "POST /v1/logout": { answer: { needsToken: boolean; isLoggedIn: boolean } };
  /** Register a model; a spec that is sent again makes no new version */
  "POST /v1/models": {
    body: {
      name: unknown;
      version?: unknown | undefined;
      type?: unknown | undefined;
      file?: unknown | undefined;
      key?: unknown | undefined;
      hash?: unknown | undefined;
      bytes?: unknown | undefined;
      specVersion?: unknown | undefined;
      params?: unknown | undefined;
      trainingRef?: unknown | undefined;
    };
    answer: Model;
  };
  /** Columns of several series of several instances, exact for every bucket */
  "POST /v1/series/query": {
    body: {
      series: readonly {
        instance: string;
        name: string;
        labels?: Record<string, string> | undefined;
        since?: number | undefined;
        segment?: readonly number[] | undefined;
      }[];
      x?: "step" | "time" | "relative" | "epoch" | undefined;
      from?: number | undefined;
      to?: number | undefined;
      buckets?: number | undefined;
      since?: number | undefined;
    };
    answer: {
      series: (
        | {
            index: number;
            instance: string;
            name: string;
            labels: Record<string, string>;
            version: number;
            axis: "step" | "time" | "relative" | "epoch";
            raw: boolean;
            from: number | "NaN" | "Infinity" | "-Infinity";
            to: number | "NaN" | "Infinity" | "-Infinity";
            bucketWidth: number;
            x: (number | "NaN" | "Infinity" | "-Infinity")[];
            min: (number | "NaN" | "Infinity" | "-Infinity")[];
            max: (number | "NaN" | "Infinity" | "-Infinity")[];
            last: (number | "NaN" | "Infinity" | "-Infinity")[];
            count: number[];
            nan: number[];
            mean: (number | "NaN" | "Infinity" | "-Infinity")[];
            nonFinite?: { x: (number | "NaN" | "Infinity" | "-Infinity")[]; value: (number | "NaN" | "Infinity" | "-Infinity")[] };
            rewinds?: { point: number; from: number | "NaN" | "Infinity" | "-Infinity"; to: number | "NaN" | "Infinity" | "-Infinity" }[];
            damage?: string[];
          }
        | {
            index: number;
            instance: string;
            name: string;
            labels?: Record<string, string>;
            error: {
              code:
                | "bad_request"
                | "bad_records"
                | "bad_line_protocol"
                | "ambiguous_series"
                | "unauthorized"
                | "forbidden"
                | "not_found"
                | "seq_gap"
                | "conflict"
                | "deleted"
                | "body_too_large"
                | "limit_exceeded"
                | "too_many_attempts"
                | "internal"
                | "store_damaged"
                | "stopping"
                | "store_failed"
                | "store_full";
              message: string;
            };
          }
      )[];
    };
  };
  /** Create or update by a client-chosen id */
  "PUT /v1/instances/{id}": { path: { id: string }; body: InstanceFacts; answer: InstanceDetail };
  /** Keep a file of a run, in place of one of the same path */
  "PUT /v1/instances/{id}/files/{*}": { path: { id: string; "*": string }; answer: { bytes: number } };
  /** Create a training, or change its display name, its note and how long its runs are kept */
  "PUT /v1/trainings/{training}": {
    path: { training: string };
    body: { displayName?: string | undefined; note?: string | undefined; retentionDays?: number | undefined };
    answer: TrainingDetail;
  };
  /** New params of a training, as a new revision; the same once more make none */
  "PUT /v1/trainings/{training}/params": {
    path: { training: string };
    body: {
      params?: Record<string, unknown> | undefined;
      paramsText?: string | undefined;
      note?: string | undefined;
      baseRevision?: number | undefined;
    };
    answer: TrainingParams;
  };
  /** Set the rules of a training, as a file of `--rules` has them; an empty list removes them */
  "PUT /v1/trainings/{training}/rules": {
    path: { training: string };
    body: { rules: readonly string[] } | readonly string[];
    answer: { training: string; rules: string[] };
  };
  /** Save a view; one of the same name is replaced */
  "PUT /v1/views/{name}": {
    path: { name: string };
    body: {
      training?: string | undefined;
      filter?: string | undefined;
      sort?: string | undefined;
      columns?: string | undefined;
      group?: string | undefined;
      pinned?: readonly string[] | undefined;
    };
    answer: SavedView;
  };
}

type ReparseSummary = {
  n: number;
  time: string;
  state: "running" | "unfinished" | "done" | "undone";
  rules: string[];
  parser?: string;
  points: number;
  series: { name: string; labels: Record<string, string>; points: number }[];
  logBytes: number;
};

type Evaluation = { name: string; createdTime: string; instance?: string; model?: string; metric?: Record<string, unknown> };

type EvaluationDetail = {
  name: string;
  createdTime: string;
  instance?: string;
  model?: string;
  metric?: Record<string, unknown>;
  result: Record<string, unknown>;
};

type InstanceSummary = {
  id: string;
  training: string;
  name?: string;
  tags?: string[];
  note?: string;
  state: "running" | "done" | "failed" | "lost";
  params: Record<string, unknown>;
  paramsText: string;
  startTime?: string;
  stopTime?: string;
  heartbeatTime?: string;
  end?: { exitCode?: number; signal?: string; message?: string; stoppedBy?: "self" | "signal" | "platform" | "grace" };
  series: SeriesSummary[];
};

type SeriesSummary = {
  name: string;
  labels: Record<string, string>;
  count: number;
  last: number | "NaN" | "Infinity" | "-Infinity";
  min: number | "NaN" | "Infinity" | "-Infinity";
  max: number | "NaN" | "Infinity" | "-Infinity";
  firstStep: number;
  lastStep: number;
  firstTimeNs: string;
  lastTimeNs: string;
};

type InstanceRow = {
  id: string;
  training: string;
  name?: string;
  state: "running" | "done" | "failed" | "lost";
  values: Record<string, unknown>;
};

type InstanceDetail = {
  id: string;
  training: string;
  name?: string;
  tags?: string[];
  note?: string;
  state: "running" | "done" | "failed" | "lost";
  params: Record<string, unknown>;
  paramsText: string;
  startTime?: string;
  stopTime?: string;
  heartbeatTime?: string;
  end?: { exitCode?: number; signal?: string; message?: string; stoppedBy?: "self" | "signal" | "platform" | "grace" };
  series: SeriesSummary[];
  command?: string[];
  workingFolder?: string;
  host?: string;
  pid?: number;
  batchOfEpoch?: number;
  mainInstance?: string;
  furtherInstances?: string[];
  paramsRevision?: number;
  paramsFrom?: "workspace" | "training";
  git?: { commit?: string; branch?: string; isDirty?: boolean; diff?: string; isDiffTruncated?: boolean };
  runtime?: Record<string, string>;
  packages?: Record<string, string>;
  os?: string;
  cpus?: number;
  memoryBytes?: number;
  gpus?: string[];
  client?: { dialect: string; passedOver?: Record<string, number> };
  logBytes: number;
  events: {
    event: "snapshot" | "resume" | "stop" | "fatal" | "end" | "notice" | "store_damaged";
    timeNs?: string;
    step?: number;
    file?: string;
    message?: string;
  }[];
  models?: InstanceModel[];
  drops: { points: number; logBytes: number; events: number; unknownRecords?: number; reason?: string };
  stopRequested?: { reason: string; time: string };
  damage?: string[];
};

type InstanceModel = {
  name: string;
  version: string;
  type?: string;
  file?: string;
  bytes?: number;
  createdTime: string;
  metric?: { epoch?: number; batch?: number };
};

type ReparseReading = { preview: boolean; readBytes: number; logBytes: number };

type SeriesAnswer = {
  name: string;
  labels: Record<string, string>;
  axis: "step" | "time" | "epoch";
  raw: boolean;
  from: number | "NaN" | "Infinity" | "-Infinity";
  to: number | "NaN" | "Infinity" | "-Infinity";
  bucketWidth: number;
  x: (number | "NaN" | "Infinity" | "-Infinity")[];
  min: (number | "NaN" | "Infinity" | "-Infinity")[];
  max: (number | "NaN" | "Infinity" | "-Infinity")[];
  last: (number | "NaN" | "Infinity" | "-Infinity")[];
  count: number[];
  nan: number[];
  damage?: string[];
};

type Model = {
  name: string;
  version: string;
  type?: string;
  file?: string;
  key?: string;
  hash?: string;
  bytes?: number;
  specVersion?: string;
  params?: Record<string, unknown>;
  trainingRef?: Record<string, unknown>;
  createdTime: string;
  instance?: string;
  metric?: { epoch?: number; batch?: number };
  download?: string;
};

type TrainingSummary = {
  name: string;
  displayName?: string;
  paramsRevision?: number;
  instances: number;
  running: number;
  lastStartTime?: string;
};

type TrainingDetail = {
  name: string;
  displayName?: string;
  paramsRevision?: number;
  instances: number;
  running: number;
  lastStartTime?: string;
  note?: string;
  retentionDays?: number;
  createdTime?: string;
};

type TrainingParams = {
  training: string;
  revision: number;
  createdTime: string;
  note?: string;
  params: Record<string, unknown>;
  paramsText: string;
};

type ParamsRevision = { revision: number; createdTime: string; note?: string };

type SavedView = {
  name: string;
  training?: string;
  filter?: string;
  sort?: string;
  columns?: string;
  group?: string;
  pinned?: string[];
  changedTime: string;
};

type InstanceFacts = {
  training?: string | undefined;
  name?: string | undefined;
  tags?: readonly string[] | undefined;
  note?: string | undefined;
  state?: "running" | "done" | "failed" | undefined;
  params?: Record<string, unknown> | undefined;
  paramsText?: string | undefined;
  startTime?: string | undefined;
  stopTime?: string | undefined;
  end?: Record<string, unknown> | undefined;
  command?: readonly string[] | undefined;
  workingFolder?: string | undefined;
  host?: string | undefined;
  pid?: number | undefined;
  batchOfEpoch?: number | undefined;
  mainInstance?: string | undefined;
  furtherInstances?: readonly string[] | undefined;
  paramsRevision?: number | undefined;
  paramsFrom?: "workspace" | "training" | undefined;
  git?:
    | {
        commit?: string | undefined;
        branch?: string | undefined;
        isDirty?: boolean | undefined;
        diff?: string | undefined;
        isDiffTruncated?: boolean | undefined;
      }
    | undefined;
  runtime?: Record<string, string> | undefined;
  packages?: Record<string, string> | undefined;
  os?: string | undefined;
  cpus?: number | undefined;
  memoryBytes?: number | undefined;
  gpus?: readonly string[] | undefined;
};
