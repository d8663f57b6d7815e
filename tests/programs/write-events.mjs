// Writes an event file: node write-events.mjs FILE FROM TO [PAUSE_MS]: one scalar "m" a step, in pieces of a few bytes, the file open all the time.
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { encodeScalar, encodeVersion } from "ava-dialects";

const [file, from, to, pauseMs = "0"] = process.argv.slice(2);
mkdirSync(path.dirname(file), { recursive: true });
const fd = openSync(file, "a");
const write = (bytes) => {
  for (let start = 0; start < bytes.length; start += 7) writeSync(fd, bytes.subarray(start, start + 7));
};
write(encodeVersion(Date.now() / 1000));
for (let step = Number(from); step < Number(to); step++) {
  write(encodeScalar({ tag: "m", step, wallTime: Date.now() / 1000, value: step / 4 }));
  if (Number(pauseMs) > 0) await new Promise((resolve) => setTimeout(resolve, Number(pauseMs)));
}
closeSync(fd);
