// @ts-check
// Which room (folder of `src`, or of a room that has rooms itself) may import which: the lowest first, so that there is no circle. Files beside the rooms count
// as rooms of their name. Tests, and `testing`, may import every room; only they import `testing`. `npm run lint` checks it by scripts/check-rooms.mjs.

/** @type {Record<string, Record<string, string[]>>} */
export const ROOMS = {
  "packages/dialects/src": {
    "refused-error": [],
    body: ["refused-error"],
    "decoded-body": ["refused-error"],
    print: [],
    seconds: [],
    values: ["body"],
    protobuf: [],
    "file-path": ["refused-error"],
    ports: [],
    "put-file": ["refused-error", "ports"],
    names: ["print", "ports"],
    "params-text": ["refused-error", "body", "ports"],
    "append-fitting": ["refused-error", "ports"],
    serve: ["refused-error", "decoded-body", "ports"],
    memory: ["refused-error", "ports", "params-text"],
    mlflow: ["refused-error", "body", "print", "seconds", "file-path", "ports", "names", "params-text", "append-fitting", "put-file"],
    wandb: [
      "refused-error",
      "body",
      "print",
      "seconds",
      "values",
      "protobuf",
      "file-path",
      "ports",
      "names",
      "params-text",
      "append-fitting",
      "put-file",
    ],
    trackio: ["refused-error", "body", "print", "seconds", "values", "file-path", "ports", "names"],
    influx: ["refused-error", "body", "print", "ports", "names"],
    tensorboard: ["seconds", "protobuf", "ports"],
    index: [
      "refused-error",
      "print",
      "seconds",
      "file-path",
      "ports",
      "names",
      "params-text",
      "serve",
      "memory",
      "mlflow",
      "wandb",
      "trackio",
      "influx",
      "tensorboard",
    ],
  },
  "packages/sdk/src": {
    place: [],
    machine: ["place"],
    log: ["place", "machine"],
    record: ["place", "machine"],
    console: ["place", "machine", "record"],
    storage: ["place", "machine"],
    // The HTTP client is in storage/transfer.
    ship: ["place", "record", "storage"],
    snapshot: ["place", "machine", "console", "ship", "storage"],
    agent: ["place", "machine", "record", "console", "ship", "storage", "snapshot"],
    train: ["place", "machine", "record", "console", "storage", "snapshot", "agent"],
    // What event files of TensorBoard hold, and which of them are one run.
    "event-files": ["place"],
    tap: ["place", "machine", "record", "ship", "event-files"],
    import: ["place", "record", "ship", "agent", "event-files", "tap"],
    run: ["place", "machine", "record", "console", "snapshot", "agent", "tap"],
    utils: ["place", "snapshot", "train", "run"],
    cli: ["place", "console", "ship", "storage", "agent", "event-files", "tap", "import", "run"],
    index: ["place", "log", "storage", "train", "utils"],
  },
  "packages/platform/src": {
    error: [],
    counted: [],
    "json-source": [],
    access: ["error"],
    // Decodes and checks what comes in; a driver of the store calls it with what it knows of the instance.
    intake: ["error"],
    store: ["error", "counted", "intake"],
    models: ["error", "store"],
    // Where models lie, and what replicas share: S3 by an entry of the SDK.
    blobs: ["error", "models"],
    query: ["error", "json-source", "access", "store"],
    live: ["store", "query"],
    // How console output is read, by an entry of the SDK.
    reparse: ["error", "store"],
    // Files of a run, as clients of other trackers put them.
    files: ["error", "blobs"],
    // How long runs are kept.
    retention: ["error", "counted", "files", "store", "query"],
    trackers: ["error", "files", "store"],
    // What replicas share beside the records.
    replicas: ["error", "access", "store"],
    kept: ["error", "access", "store", "replicas"],
    http: ["error", "json-source", "access", "files", "store", "models", "blobs", "query", "live", "reparse", "trackers"],
    // Copies of data folders.
    backup: ["error", "store"],
    // From one driver of the store to another.
    migrate: ["error", "store"],
    platform: ["error", "access", "files", "store", "blobs", "query", "live", "retention", "trackers", "kept", "http"],
    index: ["error", "store", "query", "platform"],
    cli: ["error", "counted", "access", "blobs", "store", "replicas", "backup", "migrate", "platform"],
  },
  "packages/platform/src/store": {
    contract: [],
    slices: [],
    // Whose a prefix of a bucket is.
    "bucket-owner": [],
    // Libraries for drivers.
    levels: ["contract"],
    state: ["contract", "levels"],
    listing: ["contract", "levels"],
    // What drivers hold in memory of an instance: its series, and how a command is taken back.
    held: ["contract", "levels", "state"],
    // Drivers: none may import another.
    embedded: ["contract", "slices", "bucket-owner", "levels", "state", "listing", "held"],
    postgres: ["contract", "slices", "bucket-owner", "levels", "state", "listing", "held"],
    // What keeps platforms from a copy that is not whole.
    "unfinished-copy": ["postgres"],
  },
  "packages/portal/src": {
    theme: [],
    words: ["theme"],
    api: [],
    controls: ["words", "api"],
    "view-state": [],
    params: [],
    live: ["api"],
    log: ["words", "api", "controls", "view-state"],
    charts: ["theme", "words", "api", "controls", "view-state"],
    pages: ["words", "api", "controls", "view-state", "params", "live", "log", "charts"],
    frame: ["theme", "words", "api", "controls", "view-state", "live", "pages"],
    main: ["theme", "words", "controls", "frame"],
  },
};
