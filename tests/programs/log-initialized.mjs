// Logs as a user's script does, also to a TrainInstance. Arguments: working folder, "busy" to log without ever giving the event loop a turn.
import { logger, TrainInstance } from "ava-sdk";
import { initializeLogger } from "ava-sdk/log";

const [, , workdir, how] = process.argv;
const ins = await TrainInstance.create({ trainingInsId: "logged" });
initializeLogger(workdir, { node: 2, debug: how === "debug", instance: ins });
logger.info("Started %s", "proc");
logger.debug("details");
logger.error("first\nsecond");
if (how === "busy") {
  for (const endMs = Date.now() + 300; Date.now() < endMs; );
  logger.info("still busy");
  process.kill(process.pid, "SIGKILL");
}
await ins.done();
