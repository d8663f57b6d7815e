import { existsSync } from "node:fs";
import { type JsonText, jsonValue, nodeAt } from "ava-protocol";
import { AvaError, type AvaErrorCode } from "../error.js";
import { type JsonObject, readJsonText } from "../params/json-file.js";

/** A configuration file, or a key in it, that is missing or cannot be read. */
export class ConfigError extends AvaError {
  /** Path of the file. */
  readonly file: string;

  /**
   * @param code - CONFIG_MISSING, CONFIG_UNREADABLE or CONFIG_KEY_REQUIRED
   * @param message - what is wrong and what to do
   * @param file - path of the file
   */
  constructor(code: Extract<AvaErrorCode, `CONFIG_${string}`>, message: string, file: string) {
    super(code, message);
    this.name = "ConfigError";
    this.file = file;
  }
}

/** How a key is treated that does not exist. */
export interface ConfigGetOptions<Default = undefined> {
  /** Throw. Default false. */
  isRequired?: boolean;
  /** Value to give. */
  default?: Default;
}

/**
 * A configuration file: a JSON object, read once.
 *
 * @example
 * ```ts
 * import { Config } from "ava-sdk/utils";
 * const gpus = new Config("/workspace/config/trainingspec").get("resource.gpus", { default: 0 });
 * ```
 */
export class Config {
  /** Path of the file. */
  readonly file: string;
  private readonly json: JsonText;

  /**
   * @param file - path
   * @throws ConfigError CONFIG_MISSING, CONFIG_UNREADABLE
   */
  constructor(file: string) {
    this.file = file;
    if (!existsSync(file)) throw new ConfigError("CONFIG_MISSING", `config file ${file} does not exist`, file);
    this.json = readJsonText(file, (reason) => {
      throw new ConfigError("CONFIG_UNREADABLE", `config file ${file} cannot be read: ${reason}`, file);
    });
  }

  /**
   * Value of a key.
   *
   * @param key - levels separated by dots, arrays by index
   * @param options - required, default
   * @returns a copy of the value, or the default when the key does not exist
   * @throws ConfigError CONFIG_KEY_REQUIRED
   */
  get<Value = unknown, Default = undefined>(key: string, options: ConfigGetOptions<Default> = {}): Value | Default {
    const found = nodeAt(this.json.root, key);
    if (found) return jsonValue(this.json.text, found) as Value;
    if (options.isRequired) throw new ConfigError("CONFIG_KEY_REQUIRED", `required key '${key}' is missing in ${this.file}`, this.file);
    return options.default as Default;
  }

  /** @returns a copy of the whole object */
  getAll(): JsonObject {
    return jsonValue(this.json.text, this.json.root) as JsonObject;
  }
}
