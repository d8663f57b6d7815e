#!/usr/bin/env node
// The command line without the launcher that ava-sdk.js begins with, for systems without a POSIX shell.
import { main } from "../lib/cli.js";

await main(process.argv.slice(2));
