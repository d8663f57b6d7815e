import { DamagedMessageError } from "../protobuf/message-reader.js";
import { readEvent } from "./event.js";

const SESSION_TAG = "_hparams_/session_start_info";

/**
 * @param content - of a record
 * @returns whether it begins a session of the plugin `hparams`: the folder is a run with params of its own then, wherever it lies
 */
export function beginsSession(content: Uint8Array): boolean {
  try {
    return readEvent(content).values.some(({ tag }) => tag === SESSION_TAG);
  } catch (error) {
    if (error instanceof DamagedMessageError) return false;
    throw error;
  }
}
