/** Limits of the wire and of the journal, in one table; errors name the limit by its key. Characters are code points. */
export const LIMITS = {
  /** Body of `POST /v1/instances/:id/records`, in bytes. */
  recordsBodyBytes: 16_777_216,
  /** Lines that wandb's client sends in one body: 10 MiB, in which quotes and line ends are escaped once more, and more where its user says so. */
  linesBodyBytes: 67_108_864,
  /** Body of any JSON route, in bytes. */
  jsonBodyBytes: 4_194_304,
  /** Address and headers of a request, in bytes: the portal names up to 100 picked runs in an address, and a browser says it again as the referrer. */
  requestHeadBytes: 131_072,
  /** What a shipper puts into one body at most: between 0.1 and 1 MB a server works best (performance sheet, B5). */
  shippedBatchBytes: 1_048_576,
  /** How long a shipper pauses at most because the platform asks it to, in milliseconds: shorter than the time between two signs of life. */
  shipperPauseMs: 10_000,
  /** Payload of one journal record, in bytes. */
  recordPayloadBytes: 8_388_608,
  /** Size at which a writer starts its next journal segment, in bytes. */
  segmentBytes: 8_388_608,
  /** Series of one instance. */
  seriesPerInstance: 100_000,
  /** Values in one points record. */
  valuesPerRecord: 100_000,
  /** Characters of a series name. */
  seriesNameChars: 512,
  /** Labels of one series, those of its writer among them. */
  labelsPerSeries: 32,
  /** Characters of a label's name. */
  labelKeyChars: 128,
  /** Characters of a label's value. */
  labelValueChars: 512,
  /** Characters of an instance id. */
  instanceIdChars: 128,
  /** Characters of the name of a training. */
  trainingNameChars: 128,
  /** Characters of the display name of an instance. */
  displayNameChars: 128,
  /** Tags of an instance. */
  tagsPerInstance: 100,
  /** Characters of a tag. */
  tagChars: 128,
  /** The note of an instance, in UTF-16 units. */
  noteUnits: 65_536,
  /** Params of a training, in UTF-16 units. */
  paramsTextUnits: 1_048_576,
  /** Revisions of the params of one training. */
  paramsRevisions: 1000,
  /** Characters of the name of a model. */
  modelNameChars: 512,
  /** Characters of the version of a model. */
  modelVersionChars: 128,
  /** Characters of the name of a saved view. */
  viewNameChars: 128,
  /** Saved views of a platform. */
  views: 1000,
  /** Instances that a view pins. */
  pinnedPerView: 100,
  /** Levels of objects and arrays in one another, in facts, events and every JSON body. */
  jsonDepth: 100,
  /** Runs of one command that its instance names. */
  furtherInstances: 100,
  /** Facts in one record, in bytes of JSON; as many as a JSON route takes. */
  factsBytes: 4_194_304,
  /** One event or count of drops, in bytes of JSON. */
  eventBytes: 1_048_576,
  /** Refused records that one answer names. */
  refusalsPerAnswer: 20,
  /** Buckets of one series query. */
  bucketsPerQuery: 20_000,
  /** Series of one query. */
  seriesPerQuery: 1000,
  /** Buckets of all series of one query together. */
  bucketsPerAnswer: 1_000_000,
  /** Rules of one reparse, and of a training. */
  rulesPerReparse: 100,
  /** Characters of a rule. */
  ruleChars: 4096,
  /** Points of the series that a reparse finds there already, and compares with. */
  comparedPoints: 10_000_000,
  /** Bytes of log text in one answer. */
  logAnswerBytes: 1_048_576,
} as const;

/** Instance ids: what can be a folder name and a URL segment everywhere. */
export const ID_PATTERN: RegExp = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,${LIMITS.instanceIdChars - 1}}$`);
