import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const source = (name: string) => new URL(`./packages/${name}/src/index.ts`, import.meta.url).pathname;

// Unit tests read the sources of other packages, so that they never run against a stale build; tests/ run what is built.
export default defineConfig({
  test: {
    // Most tests wait for other processes: two at a time also where there are two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        resolve: { alias: { "ava-protocol": source("protocol"), "ava-kodo-emulator": source("kodo-emulator") } },
        test: { name: "unit", include: ["packages/*/src/**/*.test.{ts,tsx}", "scripts/**/*.test.ts"], testTimeout: 30_000 },
      },
      {
        test: {
          name: "built",
          include: ["tests/**/*.test.ts", "examples/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
