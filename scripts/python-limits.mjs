// Writes the limits of ava-protocol for Python: node scripts/python-limits.mjs. A test fails when the file is not what this gives.
import { writeFileSync } from "node:fs";
import { ID_PATTERN, LIMITS } from "../packages/protocol/dist/index.js";
import { pythonLimits } from "./python-limits-text.mjs";

writeFileSync(new URL("../python/ava/limits.py", import.meta.url), pythonLimits(LIMITS, ID_PATTERN));
