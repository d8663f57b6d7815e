// @ts-check
// `npm run demo`: starts the platform, trains the digits example against it and stays up until Ctrl-C; with `--once` ends by
// itself; `--data` and `--workspace` keep the platform's data and the run elsewhere. Whatever happens, nothing that it started stays behind.
import path from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { startNode } from "./child.mjs";
import { readRecorded, startPlatform } from "./demo-platform.mjs";
import { findFreePort } from "./free-port.mjs";
import { root } from "./paths.mjs";
import { ensureDemoBuilt, ensurePackages } from "./set-up.mjs";

const firstPort = 5660;
const wantedAccuracy = 0.9;

/** @type {import("./child.mjs").Child[]} */
const children = [];
/** @type {Promise<void> | undefined} */
let stopping;
let isTrained = false;

/**
 * @param {import("./child.mjs").Child} child
 * @returns {import("./child.mjs").Child} the same, which will be stopped with us
 */
function keep(child) {
  children.push(child);
  return child;
}

/** Stops what runs, the last started first: the training ends before the platform that hears it. */
function stopAll() {
  stopping ??= (async () => {
    for (let child = children.pop(); child !== undefined; child = children.pop()) await child.stop();
  })();
  return stopping;
}

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, async () => {
    await stopAll();
    process.exit(isTrained ? 0 : 130);
  });
}

try {
  const { values } = parseArgs({
    options: {
      once: { type: "boolean", default: false },
      data: { type: "string", default: path.join(root, "ava-data/demo") },
      workspace: { type: "string", default: path.join(root, "ava-workspace/demo") },
    },
  });
  await ensurePackages();
  await ensureDemoBuilt();
  const { platform, listening } = startPlatform(await findFreePort(firstPort), path.resolve(values.data));
  keep(platform);
  await trainAgainst(await listening, path.resolve(values.workspace));
  isTrained = true;
  if (!values.once) {
    console.log("\nThe portal stays up until Ctrl-C.");
    throw new Error(`the platform ended with ${await platform.ended}.`);
  }
} catch (error) {
  // While we stop on a signal, the ends of the children are not told.
  if (stopping === undefined) {
    console.error(`\nThe demo failed: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
await stopAll();

/**
 * Runs the training and compares what the platform shows of it with what the training says.
 *
 * @param {string} url - of the platform
 * @param {string} workspace - of the training
 */
async function trainAgainst(url, workspace) {
  const id = `digits-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-")}`;
  console.log(`Portal: ${url}/instances/${id}\n`);
  const training = keep(
    startNode("examples/digits/dist/main.js", [], {
      AVA_PLATFORM_URL: url,
      AVA_TRAINING_INS_ID: id,
      AVA_WORKSPACE: workspace,
    }),
  );
  const [output, exitCode] = await Promise.all([text(training.stdout), training.ended]);
  if (exitCode !== 0) throw new Error(`the training ended with ${exitCode}.`);
  /** @type {{ seconds: number, points: number }} */
  const { seconds, points } = JSON.parse(output);
  const recorded = await readRecorded(url, id, points);

  const accuracy = `${(recorded.validationAccuracy * 100).toFixed(1)} %`;
  console.log(`\nValidation accuracy: ${accuracy}`);
  console.log(`Training time:       ${seconds.toFixed(1)} s`);
  console.log(`Points recorded:     ${recorded.points} of ${points}`);
  console.log(`Portal:              ${url}/instances/${id}`);
  if (recorded.points !== points || recorded.state !== "done") {
    throw new Error(`the platform shows ${recorded.points} of ${points} points and the state "${recorded.state}".`);
  }
  if (!(recorded.validationAccuracy >= wantedAccuracy)) throw new Error(`the accuracy ${accuracy} is below ${wantedAccuracy * 100} %.`);
}
