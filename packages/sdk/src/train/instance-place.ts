import { datasetPath, modelPath, type RunLayout } from "../place/workspace/layout.js";

/** Where the files of an instance lie, under the seed's names. */
export abstract class InstancePlace {
  protected abstract readonly workspace: string;
  protected abstract readonly recording: { readonly instanceId: string; readonly layout: RunLayout };

  /** @returns id of the instance */
  getTrainingInsId(): string {
    return this.recording.instanceId;
  }

  /** @returns folder of the run: `run/<id>` */
  getBasePath(): string {
    return this.recording.layout.base;
  }

  /** @returns folder for this run's snapshots: `run/<id>/output` */
  getSnapshotBasePath(): string {
    return this.recording.layout.output;
  }

  /** @returns folder for this run's logs: `run/<id>/logs` */
  getLogBasePath(): string {
    return this.recording.layout.logs;
  }

  /** @returns folder of the training data */
  getTrainsetBasePath(): string {
    return datasetPath(this.workspace, "train");
  }

  /** @returns folder of the validation data */
  getValsetBasePath(): string {
    return datasetPath(this.workspace, "val");
  }

  /** @returns folder of the test data */
  getTestsetBasePath(): string {
    return datasetPath(this.workspace, "test");
  }

  /** @returns folder of models */
  getModelBasePath(): string {
    return modelPath(this.workspace);
  }
}
