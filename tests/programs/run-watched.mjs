// Does what `ava-sdk run` does, with system metrics more often than a user would have them. Arguments: id, command...

import { resolveSettings } from "../../packages/sdk/dist/place/settings/settings.js";
import { Outlet } from "../../packages/sdk/dist/run/outlet.js";
import { runCommand } from "../../packages/sdk/dist/run/run-command.js";

const { AVA_PLATFORM_URL: platformUrl, AVA_WORKSPACE: workspace } = process.env;
const [, , trainingInsId, ...command] = process.argv;
const notices = { warn: console.error, announce: () => {}, tell: () => {} };
const outlets = { stdout: new Outlet(1), stderr: new Outlet(2) };
const settings = resolveSettings({ platformUrl, training: "watched", trainingInsId }, workspace, console.error);
const options = { command, workspace, settings, outlets, notices, parsers: { parser: "none", metrics: [] }, graceMs: 1000 };
const { exitCode } = await runCommand({ ...options, systemMetricsIntervalMs: 150 }, (code) => process.exit(code));
process.exit(exitCode);
