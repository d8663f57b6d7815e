import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AvaError } from "../error.js";
import { type AvaEnvironment, childEnvironment, readEnvironment } from "./environment.js";
import { resolveSettings, type SettingOptions, type Settings } from "./settings.js";

let workspace: string;
let words: string[];

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "ava-settings-"));
  mkdirSync(join(workspace, "config"));
  words = [];
});

afterEach(() => rmSync(workspace, { recursive: true }));

function writeConfig(name: string, content: unknown): void {
  writeFileSync(join(workspace, "config", name), typeof content === "string" ? content : JSON.stringify(content));
}

function resolve(options: SettingOptions = {}, environment: AvaEnvironment = {}): Settings {
  return resolveSettings(options, workspace, (message) => void words.push(message), environment);
}

/** For each setting: what an option, the environment and a file say of it, and what it is without any. */
const SOURCES: readonly [
  what: string,
  value: (settings: Settings) => unknown,
  option: [SettingOptions, unknown],
  environment: [AvaEnvironment, unknown],
  file: [name: string, content: unknown, unknown] | undefined,
  byDefault: unknown,
][] = [
  [
    "platform URL",
    ({ platformUrl }) => platformUrl,
    [{ platformUrl: "https://option:1" }, "https://option:1"],
    [{ platformUrl: "https://environment:1" }, "https://environment:1"],
    ["worker", { atnet_apiserver_host: "file:1" }, "http://file:1"],
    "http://127.0.0.1:5660",
  ],
  [
    "training",
    ({ training }) => training,
    [{ training: "of-option" }, "of-option"],
    [{ training: "of-environment" }, "of-environment"],
    ["trainingspec", { name: "of-file" }, "of-file"],
    "default",
  ],
  [
    "instance id",
    ({ trainingInsId }) => trainingInsId,
    [{ trainingInsId: "option" }, "option"],
    [{ trainingInsId: "environment" }, "environment"],
    undefined,
    undefined,
  ],
  ["token", ({ token }) => token, [{ token: "option" }, "option"], [{ token: "environment" }, "environment"], undefined, undefined],
  [
    "storage",
    ({ storage: { spec } }) => spec,
    [{ storage: "kodo:option" }, "kodo:option"],
    [{ storage: "kodo:environment" }, "kodo:environment"],
    ["user", { key: "k", secret: "s", bucket: "file" }, "kodo:file"],
    "default",
  ],
];

describe("which one counts", () => {
  test.each(SOURCES)(
    "%s: option, then environment, then config file, then default",
    (what, value, option, environment, file, byDefault) => {
      const expectedDefault = what === "storage" ? `file:${join(workspace, "storage")}` : byDefault;
      expect(value(resolve())).toBe(expectedDefault);
      const [name, content, expectedOfFile] = file ?? ["none", {}, expectedDefault];
      writeConfig(name, content);
      expect(value(resolve())).toBe(expectedOfFile);
      expect(value(resolve({}, environment[0]))).toBe(environment[1]);
      expect(value(resolve(option[0], environment[0]))).toBe(option[1]);
      expect(words).toEqual([]);
    },
  );

  test("keys of a storage come one by one from the environment, else from config/user", () => {
    writeConfig("user", { key: "file-key", secret: "file-secret", bucket: "file-bucket", uid: 42 });
    expect(resolve({}, { secretKey: "environment-secret", bucket: "b" }).storage).toEqual({
      spec: "kodo:b",
      isDefault: false,
      accessKey: "file-key",
      secretKey: "environment-secret",
      uid: "42",
    });
  });

  test("a bucket without keys is not a storage: the folder of the workspace is", () => {
    expect(resolve({}, { bucket: "b", accessKey: "k" }).storage).toEqual({
      spec: `file:${join(workspace, "storage")}`,
      isDefault: true,
      accessKey: "k",
    });
  });
});

describe("a wrong value", () => {
  test.each<[SettingOptions, string]>([
    [{ platformUrl: "ftp://host" }, "SETTING_INVALID"],
    [{ platformUrl: "http://" }, "SETTING_INVALID"],
    [{ platformUrl: "" }, "SETTING_INVALID"],
    [{ training: "a/b" }, "TRAINING_INVALID"],
    [{ training: "" }, "TRAINING_INVALID"],
    [{ trainingInsId: "../up" }, "INSTANCE_ID_INVALID"],
    [{ trainingInsId: "实例" }, "INSTANCE_ID_INVALID"],
  ])("as an option is the caller's mistake: %j", (option, code) => {
    // A right one behind it does not help.
    const environment = { platformUrl: "http://ok", training: "ok", trainingInsId: "ok" };
    expect(() => resolve(option, environment)).toThrow(expect.objectContaining({ code }));
    expect(() => resolve(option, environment)).toThrow(AvaError);
  });

  test("in the environment or in a file is told and passed over, and the next one counts", () => {
    writeConfig("worker", { atnet_apiserver_host: "right:80" });
    writeConfig("trainingspec", { name: "also/wrong" });
    expect(resolve({}, { platformUrl: "ftp://wrong", training: "wr/ong", trainingInsId: "w r" })).toMatchObject({
      platformUrl: "http://right:80",
      training: "default",
    });
    expect(resolve({}, { trainingInsId: "w r" })).not.toHaveProperty("trainingInsId");
    for (const source of ["AVA_PLATFORM_URL", "AVA_TRAINING", "config/trainingspec", "AVA_TRAINING_INS_ID"]) {
      expect(words.filter((message) => message.includes(`from ${source} is passed over`))).not.toEqual([]);
    }
  });

  test.each<[string, unknown]>([
    ["is empty", ""],
    ["is not JSON", "{"],
    ["is a list", [1]],
    ["has numbers for texts", { name: 7, atnet_apiserver_host: 7, key: 7, secret: 7, bucket: 7 }],
    ["has empty texts", { name: "", atnet_apiserver_host: "", key: "", secret: "", bucket: "" }],
  ])("a config file that %s does not stop a training", (_, content) => {
    for (const name of ["worker", "trainingspec", "user"]) writeConfig(name, content);
    expect(resolve()).toEqual({
      platformUrl: "http://127.0.0.1:5660",
      training: "default",
      storage: { spec: `file:${join(workspace, "storage")}`, isDefault: true },
    });
  });
});

describe("one thing in several forms", () => {
  test.each([
    ["host:5660", "http://host:5660"],
    ["https://host/ava///", "https://host/ava"],
    ["http://[::1]:80/", "http://[::1]:80"],
  ])("the platform %s is %s", (platformUrl, expected) => {
    expect(resolve({ platformUrl }).platformUrl).toBe(expected);
  });

  test("a training's name is the same however its accents are written", () => {
    expect(resolve({ training: "re\u0301seau" }).training).toBe("r\u00e9seau");
    expect(resolve({}, { training: "re\u0301seau" }).training).toBe("r\u00e9seau");
  });
});

test("what a parent tells its child is what the child reads", () => {
  const facts = { workspace: "/w", platformUrl: "http://p", training: "训练", trainingInsId: "i" };
  expect(readEnvironment(childEnvironment(facts))).toEqual({ ...facts, consoleOf: "i" });
});

test("an empty variable counts as absent", () => {
  expect(readEnvironment({ AVA_TRAINING: "", AVA_TOKEN: "t", OTHER: "x" })).toEqual({ token: "t" });
});
