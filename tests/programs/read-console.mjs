// Streams output of trainers, with other words and digits in every round, through a reader and prints how much heap it keeps: read-console.mjs MEGABYTES FOLDER [REGEX...]. Needs --expose-gc.
// FOLDER has the texts. The output is {"bytes", "values", "heapBytes": [after each tenth], "disabled"}.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createParsers, MetricReader } from "ava-sdk/parsers";

const [megabytes, folder, ...metrics] = process.argv.slice(2);
const wanted = Number(megabytes) * 1e6;
const texts = readdirSync(folder).map((file) => readFileSync(path.join(folder, file)));
let disabled = 0;
const reader = new MetricReader(createParsers({ parser: "auto", metrics }, { referenceTimeMs: 0, readsTimes: true }), () => {
  disabled += 1;
});
const heapBytes = [];
let [bytes, values, round] = [0, 0, 0];
const isLetter = (byte) => byte >= 0x61 && byte <= 0x7a;
while (bytes < wanted) {
  for (const text of texts) {
    const chunk = Buffer.from(text);
    // A letter in 600 becomes another one: new names and forms without end.
    for (let at = (round * 7) % 600; at < chunk.length; at += 600)
      if (isLetter(chunk[at])) chunk[at] = 0x61 + ((chunk[at] + round * 5 + at) % 26);
    for (let at = round % 3; at < chunk.length; at += 3)
      if (chunk[at] >= 0x30 && chunk[at] <= 0x39) chunk[at] = 0x30 + ((chunk[at] + round) % 10);
    bytes += chunk.length;
    values += reader.writeColumns(chunk).length;
  }
  round += 1;
  if (bytes < (wanted * (heapBytes.length + 1)) / 10) continue;
  globalThis.gc();
  heapBytes.push(process.memoryUsage().heapUsed);
}
process.stdout.write(JSON.stringify({ bytes, values, heapBytes, disabled }));
