import { resolve } from "node:path";
import { Command } from "commander";
import { Blobs } from "../blobs/blobs.js";
import { counted } from "../counted.js";
import { PlatformError } from "../error.js";
import { isDatabase, openEnd } from "../migrate/ends.js";
import { migrate, type Progress } from "../migrate/migrate.js";
import { refuseBackup } from "./changed-folder.js";

/** How often a line tells of progress, in milliseconds: on a terminal, and elsewhere. */
const TERMINAL_MS = 200;
const LINES_MS = 5000;

interface Flags {
  from: string;
  to: string;
  blobs?: string;
  json?: boolean;
}

/** @param environment - `AVA_PLATFORM_BLOBS` @returns the command `migrate`: copies a store to another */
export function migrateCommand(environment: NodeJS.ProcessEnv): Command {
  return new Command("migrate")
    .description(
      "copy everything from a data folder to PostgreSQL, or back, and compare both; no platform may run on either meanwhile. What was broken off goes on where it ended",
    )
    .requiredOption("--from <place>", "data folder, or postgres://...")
    .requiredOption("--to <place>", "data folder, or postgres://...: empty, or with what an earlier try has copied")
    .option("--blobs <address>", "bucket of the platform that has the database, where it has one; AVA_PLATFORM_BLOBS")
    .option("--json", 'print {"instances", "points", "logBytes"}')
    .action(async ({ from, to, blobs: bucket = environment["AVA_PLATFORM_BLOBS"] || undefined, json }: Flags) => {
      if (from === to || (!isDatabase(from) && resolve(from) === resolve(to)))
        throw new PlatformError("usage", "--from and --to are the same place.");
      for (const place of [from, to]) refuseBackup(place);
      const warn = (message: string): void => void process.stderr.write(`${message}\n`);
      const blobs = bucket === undefined ? undefined : await Blobs.open({ spec: bucket }, warn);
      const source = await openEnd(from, false, warn, blobs);
      try {
        const target = await openEnd(to, true, warn, blobs);
        try {
          const { instances, points, logBytes } = await migrate(source.store, target, teller());
          if (process.stderr.isTTY) process.stderr.write("\n");
          process.stdout.write(
            json === true
              ? `${JSON.stringify({ instances, points, logBytes })}\n`
              : `All of it is in the target and was compared: ${told(instances, points, logBytes)}.\n`,
          );
        } finally {
          await target.store.close();
        }
      } finally {
        await source.store.close();
        blobs?.close();
      }
    });
}

function teller(): (progress: Progress) => void {
  const { isTTY } = process.stderr;
  let nextMs = Date.now() + (isTTY ? 0 : LINES_MS);
  return ({ phase, instances, points, logBytes, of }) => {
    if (Date.now() < nextMs) return;
    nextMs = Date.now() + (isTTY ? TERMINAL_MS : LINES_MS);
    const share = of === 0 ? 1 : instances / of;
    const bar = isTTY ? `[${"#".repeat(Math.round(share * 20)).padEnd(20)}] ` : "";
    const line = `${bar}${phase}: ${Math.floor(share * 100)} %, ${told(instances, points, logBytes)}`;
    process.stderr.write(isTTY ? `\r${line.padEnd(100)}` : `${line}\n`);
  };
}

function told(instances: number, points: number, logBytes: number): string {
  return `${counted(instances, "instance")}, ${counted(points, "point")}, ${(logBytes / 1e6).toFixed(1)} MB of logs`;
}
