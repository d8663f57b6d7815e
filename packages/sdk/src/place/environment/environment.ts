import { existsSync } from "node:fs";
import { join } from "node:path";
import { fetchConfig } from "../config/container-config.js";
import { readJobName } from "../settings/environment.js";
import { findWorkspace } from "../workspace/find-workspace.js";
import { configPath, dataFolder, defaultParamsPath, modelPath } from "../workspace/layout.js";

/** Places that differ from those of the container. */
export interface EnvironmentOptions {
  /** Default: `AVA_WORKSPACE`, `/workspace`, `./ava-workspace`. */
  workspace?: string;
  /** Default: `mnt/data` of the workspace where it exists, else `data`. */
  dataFolder?: string;
  /** Default: `mnt/group`. */
  groupFolder?: string;
  /** Default: `mnt/bucket`. */
  bucketFolder?: string;
}

/**
 * Facts of the training container: its job, its folders and files, its user. Holds no keys, so that it may be printed.
 *
 * @example
 * ```ts
 * import { Environment } from "ava-sdk/utils";
 * const { jobId, trainsetBasePath, gpus } = new Environment();
 * ```
 */
export class Environment {
  /** `JOB_NAME`, empty outside of a job. */
  readonly jobName: string;
  readonly jobId: string;
  readonly workspace: string;
  readonly dataFolder: string;
  /** Storage of the user's group, where it is mounted. */
  readonly groupFolder: string | undefined;
  /** Mounted buckets, where there are any. */
  readonly bucketFolder: string | undefined;
  readonly paramsFile: string;
  readonly modelBasePath: string;
  readonly trainsetBasePath: string;
  readonly valsetBasePath: string;
  readonly testsetBasePath: string;
  readonly trainsetSpecFile: string;
  readonly valsetSpecFile: string;
  readonly testsetSpecFile: string;
  readonly modelSpecFile: string;
  readonly trainingSpecFile: string;
  readonly userInfoFile: string;
  readonly workerInfoFile: string;
  readonly evaluationInfoFile: string;
  readonly datasetInfoFile: string;
  /** GPUs that the training asked for; 0 without. */
  readonly gpus: number;
  /** Id of the user in object storage. */
  readonly uid: number | string | undefined;
  /** The user's default bucket. */
  readonly bucket: string | undefined;

  /** @param options - places that differ */
  constructor(options: EnvironmentOptions = {}) {
    const workspace = findWorkspace(options.workspace);
    const mounted = (name: string) => {
      const folder = join(workspace, "mnt", name);
      return existsSync(folder) ? folder : undefined;
    };
    this.jobName = readJobName();
    this.jobId = getJobId();
    this.workspace = workspace;
    this.dataFolder = options.dataFolder ?? dataFolder(workspace);
    this.groupFolder = options.groupFolder ?? mounted("group");
    this.bucketFolder = options.bucketFolder ?? mounted("bucket");
    this.paramsFile = defaultParamsPath(workspace);
    this.modelBasePath = modelPath(workspace);
    this.trainsetBasePath = join(this.dataFolder, "train");
    this.valsetBasePath = join(this.dataFolder, "val");
    this.testsetBasePath = join(this.dataFolder, "test");
    this.trainsetSpecFile = configPath(workspace, "trainsetinfo");
    this.valsetSpecFile = configPath(workspace, "valsetinfo");
    this.testsetSpecFile = configPath(workspace, "testsetinfo");
    this.modelSpecFile = configPath(workspace, "modelspec");
    this.trainingSpecFile = configPath(workspace, "trainingspec");
    this.userInfoFile = configPath(workspace, "user");
    this.workerInfoFile = configPath(workspace, "worker");
    this.evaluationInfoFile = configPath(workspace, "evaluationinfo");
    this.datasetInfoFile = configPath(workspace, "datasetinfo");
    this.gpus = fetchConfig<number, number>("trainingspec", "resource.gpus", { default: 0 }, workspace);
    this.uid = fetchConfig<number | string>("user", "uid", {}, workspace);
    this.bucket = fetchConfig<string>("user", "bucket", {}, workspace);
  }
}

/**
 * Id of the container's job: the third field of `JOB_NAME`, `a-b-<job id>[-...]`.
 *
 * @returns the id, empty where there is none
 */
export function getJobId(): string {
  return readJobName().split("-")[2] ?? "";
}
