import { shareStream } from "./shared-stream.js";
import { openStream } from "./stream.js";

// Runs as a SharedWorker: once for all tabs of this platform.
const welcome = shareStream((tell) => openStream("/v1/live", tell));
addEventListener("connect", (event) => welcome((event as MessageEvent).ports[0]!));
