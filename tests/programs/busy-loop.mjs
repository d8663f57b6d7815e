// Trains without ever giving the event loop a turn, for as many milliseconds as the first argument says.
import { TrainInstance } from "ava-sdk";

const ins = await TrainInstance.create({ trainingInsId: "busy" });
const endMs = Date.now() + Number(process.argv[2]);
for (let step = 0; Date.now() < endMs; step++) {
  const nextMs = Date.now() + 2;
  while (Date.now() < nextMs);
  ins.log({ loss: 1 / (step + 1) }, { step });
}
await ins.done();
