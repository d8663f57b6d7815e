/** Codes of the errors that the SDK throws; match these, not messages or classes. */
export type AvaErrorCode =
  | "PARAM_REQUIRED"
  | "PARAM_INVALID"
  | "SETTING_INVALID"
  | "INSTANCE_ID_INVALID"
  | "TRAINING_INVALID"
  | "WORKSPACE_UNWRITABLE"
  | "SNAPSHOT_QUEUE_FULL"
  | "SNAPSHOT_EMPTY"
  | "SNAPSHOT_WAITS"
  | "SNAPSHOT_GIVEN_UP"
  | "COMMAND_NOT_FOUND"
  | "COMMAND_NOT_EXECUTABLE"
  | "PARSER_UNKNOWN"
  | "PARSER_INVALID"
  | "METRIC_REGEX_INVALID"
  | "FILE_UNREADABLE"
  | "CONFIG_MISSING"
  | "CONFIG_UNREADABLE"
  | "CONFIG_KEY_REQUIRED"
  | "ARCHIVE_UNREADABLE"
  | "ARCHIVE_UNSAFE"
  | "PLATFORM_UNREACHABLE"
  | "PLATFORM_REFUSED"
  | "REQUEST_INVALID"
  | "CREDENTIALS_MISSING"
  | "CONNECT_FAILED"
  | "CONNECT_TIMEOUT"
  | "CONNECTION_LOST"
  | "IDLE_TIMEOUT"
  | "REQUEST_TIMEOUT"
  | "ABORTED"
  | "HTTP_STATUS"
  | "BODY_TOO_LARGE"
  | "DOMAIN_UNKNOWN"
  | "SOURCE_CHANGED"
  | "HASH_MISMATCH"
  | "DISK_FULL"
  | "FILE_UNWRITABLE"
  | "FETCHER_CLOSED"
  | "KEY_INVALID"
  | "BUCKET_REQUIRED"
  | "STORAGE_INVALID"
  | "STORAGE_PEER_MISSING"
  | "OBJECT_MISSING";

/** Every error that the SDK throws on purpose: a caller's mistake, with a message that says what to do. */
export class AvaError extends Error {
  readonly code: AvaErrorCode;

  /**
   * @param code - stable code
   * @param message - what is wrong and what to do
   * @param options - the cause, where there is one
   */
  constructor(code: AvaErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "AvaError";
    this.code = code;
  }
}
