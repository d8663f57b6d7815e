import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { AvaError } from "../place/error.js";

/**
 * Looks for a program where the system will look: a shell that starts it for us would tell it in words of its own.
 *
 * @param program - name or path
 * @param cwd - working folder of the command
 * @param path - its `PATH`
 * @returns why it cannot be started, if that is so
 */
export function missingProgram(program: string, cwd = ".", path?: string): AvaError | undefined {
  if (!existsSync(cwd)) return new AvaError("COMMAND_NOT_FOUND", `command '${program}' is not started: folder ${cwd} does not exist`);
  // The system has a default of its own where there is no PATH.
  if (!program.includes("/") && path === undefined) return undefined;
  const places = program.includes("/")
    ? [resolve(cwd, program)]
    : (path as string).split(delimiter).map((folder) => join(resolve(cwd, folder), program));
  if (places.some(isExecutable)) return undefined;
  return places.some((place) => existsSync(place))
    ? new AvaError(
        "COMMAND_NOT_EXECUTABLE",
        `command '${program}' cannot be started; make it executable (chmod +x) and check its first line`,
      )
    : new AvaError("COMMAND_NOT_FOUND", `command '${program}' is not found; check its name and PATH`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there, or not ours to start: the next place may have it.
    return false;
  }
}
