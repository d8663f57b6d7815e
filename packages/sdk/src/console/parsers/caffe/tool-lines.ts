import { metricName } from "../metric-name.js";
import { NUMBER, printedNumber } from "../number.js";
import type { Metric } from "../parser.js";

/** `caffe test`: `Batch 45, accuracy = 0.9`, and behind the last batch the means: `Loss: 0.3`, `accuracy = 0.9`, `loss = 0.3 (* 1 = 0.3 loss)`. */
const TESTED_BATCH = new RegExp(`^Batch (\\d+), (.+) = (${NUMBER})\\s*$`, "s");
const TESTED_LOSS = new RegExp(`^Loss: (${NUMBER})\\s*$`);
const TESTED_MEAN = new RegExp(`^(\\S+) = (${NUMBER})(?: \\(\\* ${NUMBER} = ${NUMBER} loss\\))?\\s*$`);
/** `caffe time`: the first loss, each pass, and behind the last one the means of each layer, of each direction and of all. */
const FIRST_LOSS = new RegExp(`^Initial loss: (${NUMBER})\\s*$`);
const TIMED_PASS = new RegExp(`^Iteration: (\\d+) (forward-backward time): (${NUMBER}) ms\\.\\s*$`);
const TIMED_LAYER = new RegExp(`^(\\S.*?)\\s+(forward|backward): (${NUMBER}) ms\\.\\s*$`);
const TIMED_MEAN = new RegExp(`^(Average [FB][\\w -]+|Total Time): (${NUMBER}) ms\\.\\s*$`);

type Said = Omit<Metric, "line">;

/** Reads what `caffe test` and `caffe time` print; some of it looks like anything, and is read where their own lines came before. */
export class ToolLines {
  #tool: "test" | "time" | undefined;

  /** Whether any line may tell something now. */
  get isAtWork(): boolean {
    return this.#tool !== undefined;
  }

  /**
   * @param body - a message
   * @returns what it tells; `undefined` for a message that neither of them prints
   */
  read(body: string): Said | undefined {
    if (body.startsWith("*** Benchmark ")) {
      this.#tool = body.startsWith("*** Benchmark begins") ? "time" : undefined;
      return undefined;
    }
    if (body.startsWith("Batch ")) return this.#batch(body);
    if (body.startsWith("Initial loss: ")) return valueOf("initial_loss", FIRST_LOSS.exec(body)?.[1]);
    if (this.#tool === "test") return testMean(body);
    return this.#tool === "time" ? timed(body) : undefined;
  }

  #batch(body: string): Said | undefined {
    const [, batch, output = "", printed = ""] = TESTED_BATCH.exec(body) ?? [];
    if (batch === undefined) return undefined;
    this.#tool = "test";
    return { name: metricName(output), value: printedNumber(printed), batch: Number(batch) };
  }
}

function testMean(body: string): Said | undefined {
  const [, name = "loss", value = TESTED_LOSS.exec(body)?.[1]] = TESTED_MEAN.exec(body) ?? [];
  return valueOf(metricName(name), value);
}

function timed(body: string): Said | undefined {
  const [, step, pass = "", ms = ""] = TIMED_PASS.exec(body) ?? [];
  if (step !== undefined) return { name: metricName(pass), value: printedNumber(ms), step: Number(step) };
  const [, mean = "", meanMs] = TIMED_MEAN.exec(body) ?? [];
  if (meanMs !== undefined) return valueOf(metricName(mean), meanMs);
  const [, layer = "", direction = "", layerMs] = TIMED_LAYER.exec(body) ?? [];
  return valueOf(`${metricName(layer)}/${direction}`, layerMs);
}

function valueOf(name: string, printed: string | undefined): Said | undefined {
  return printed === undefined ? undefined : { name, value: printedNumber(printed) };
}
