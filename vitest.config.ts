import { defineConfig } from "vitest/config";

// Unit tests read the sources of ava-protocol, so that they never run against a stale build; tests/ run what is built.
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: { "ava-protocol": new URL("./packages/protocol/src/index.ts", import.meta.url).pathname } },
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
