import type { WatchOptions } from "../machine/system/watch.js";
import type { JsonObject } from "../place/params/json-file.js";
import type { ArchiveFormat } from "../snapshot/job.js";
import type { RetentionPolicy } from "../snapshot/retention.js";

/** Options of `TrainInstance.create`; what is absent comes from the environment, `config/*` or the defaults. */
export interface TrainInstanceOptions extends WatchOptions {
  /** Join this instance, or give a new one this id. */
  trainingInsId?: string;
  training?: string;
  /** Display name of the instance, up to 128 characters; need not be unique. A wrong one is passed over with a warning. */
  name?: string;
  /** Params of this instance; default those of the workspace. Bigints, NaN and infinities are kept. */
  params?: JsonObject;
  workspace?: string;
  platformUrl?: string;
  token?: string;
  /** Where snapshots, models and logs go: `file:/path`, `kodo:BUCKET`, `s3:BUCKET/prefix?endpoint=...`. Default below the workspace. */
  storage?: string;
  /** Which stored snapshots are kept. Default all. */
  retention?: RetentionPolicy;
  /** How snapshots are packed: `tar.gz`, the default, or `tar.zst`, several times faster, from Node.js 22.15 on. */
  archiveFormat?: ArchiveFormat;
}

/** Where in the run metrics were measured. */
export interface LogOptions {
  /** Batch counted over the whole run. Default: one more than that of the last call, also of one before the run was joined again; from 0. */
  step?: number;
  /** Epoch, counted from 0; fractions are fine. */
  epoch?: number;
  /** When; milliseconds since 1970 or a Date. Default now. */
  time?: number | Date;
}
