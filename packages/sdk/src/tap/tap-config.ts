/** What a tap is told by the run that starts it. */
export interface TapConfig {
  /** What requests must carry: 40 characters, since wandb's client takes no shorter key. */
  token: string;
  /** Names of the dialects that it answers. */
  dialects: readonly string[];
  /** Event files of TensorBoard are read as they grow: what the command has open, and what it makes in these folders. Absent: none are. */
  eventFolders?: readonly string[];
  /** When the run began, in ms since 1970. */
  startMs: number;
  /** Prepared workspace. */
  workspace: string;
  /** The wrapped instance: the first run of the command joins it. */
  instanceId: string;
  /** Training of the wrapped instance, where the user named one. */
  training?: string;
  /** Whether the user gave the wrapped instance a display name. */
  hasName: boolean;
  /** Params of the wrapped instance; those of a client are added. */
  paramsText: string;
  command: readonly string[];
  workingFolder: string;
  platformUrl: string;
  platformToken?: string;
}

/** What a tap tells its run. */
export type TapMessage =
  | { kind: "listening"; port: number }
  | { kind: "joined"; dialect: string }
  | { kind: "notice"; message: string }
  /** What came up to the end of the command is shipped, or the time for it is over. */
  | { kind: "closed"; isComplete: boolean; reason?: string };

/** What a run tells its tap. Port 0: any that is free. */
export type TapOrder = { kind: "start"; config: TapConfig; port: number } | { kind: "ended"; deadlineMs: number };
