import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const source = (name: string) => new URL(`./packages/${name}/src/index.ts`, import.meta.url).pathname;

const alias = {
  "ava-protocol": source("protocol"),
  "ava-kodo": source("kodo"),
  "ava-dialects": source("dialects"),
  "ava-kodo-emulator": source("kodo-emulator"),
  "ava-sdk/reread": source("sdk").replace("index.ts", "console/reread/index.ts"),
};
const LONG = "**/*.long.test.ts";
// Tests start processes, draw at random and drive browsers: on a machine that stalls for seconds one try is not a verdict. The report names what was tried again.
const retry = process.env["CI"] ? 1 : 0;

// Fault tests that take minutes run on demand: `npm run test:long` asks for the project by name, and nothing else makes it.
const isLongWanted = process.argv.includes("--project=long");

// Unit tests read the sources of other packages, so that they never run against a stale build; tests/ run what is built.
export default defineConfig({
  test: {
    // Most tests wait for other processes: two at a time also where there are two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.{ts,tsx}", "scripts/**/*.test.ts"],
          retry,
          exclude: [LONG],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "built",
          include: ["tests/**/*.test.ts", "examples/**/*.test.ts"],
          retry,
          exclude: [LONG],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      ...(isLongWanted
        ? [
            {
              resolve: { alias },
              test: { name: "long", include: [`{packages,tests}/${LONG}`], testTimeout: 3_600_000, hookTimeout: 120_000 },
            },
          ]
        : []),
    ],
  },
});
