import { expect, it } from "vitest";
import { randomOf, seedOfTest } from "../../../../../../tests/random.js";
import { readCorpus, readCorpusFiles } from "../../../testing/console-corpus/corpus.js";
import { readMarkedFiles } from "../../../testing/console-corpus/marked.js";
import { Columns } from "../columns.js";
import { MetricReader } from "../metric-reader.js";
import type { ParsedItem } from "../parser.js";
import { FormFinder } from "./form-finder.js";
import { FormMemory } from "./form-memory.js";
import type { LinePlan } from "./line-plan.js";
import { GenericParser } from "./parser.js";

/** Knows nothing, whatever it is taught. */
class NoMemory extends FormMemory<LinePlan> {
  override find(): undefined {
    return undefined;
  }
}

function read(bytes: Buffer, memory: new (forms: FormFinder) => FormMemory<LinePlan>): ParsedItem[] {
  const forms = new FormFinder();
  const parser = new GenericParser({ referenceTimeMs: 0 }, forms, new memory(forms));
  const reader = new MetricReader([{ name: "generic", parser, untrusted: false }], (problem) => {
    throw new Error(problem.message);
  });
  return [...reader.write(bytes), ...reader.end()];
}

const files = [
  ...readCorpusFiles(new URL("./fixtures/", import.meta.url)),
  ...readMarkedFiles(new URL("../fixtures/further/", import.meta.url)).flatMap(({ sections }) => sections),
  ...readCorpus(),
];

it.each(files.map(({ name, bytes }) => ({ name, bytes })))(
  "$name with other digits is read alike by the forms of its lines",
  ({ bytes }) => {
    const random = randomOf(seedOfTest());
    // A digit stays in two of three places, so that small and large changes of a form occur.
    const withOtherDigits = () =>
      Buffer.from(bytes.map((byte) => (byte >= 0x30 && byte <= 0x39 && random.chance(1 / 3) ? 0x30 + random.below(10) : byte)));
    const text = Buffer.concat([bytes, Buffer.from("\n"), ...Array.from({ length: 4 }, withOtherDigits)]);
    expect(read(text, FormMemory)).toEqual(read(text, NoMemory));
  },
);

it("a bar with a step that is printed with a fraction of zeros is read by its form, one with another fraction from its text", () => {
  const parser = new GenericParser({ referenceTimeMs: 0 });
  const bar = (step: string) =>
    `Epoch 0:  10%|#         | 100/1000 [01:00<09:00,  1.67it/s, reduced_train_loss=8.125, global_step=${step}]`;
  const told = new Columns();
  const isReadByForm = (text: string) => parser.feedBytes(Buffer.from(text), 0, text.length, 1, told);
  expect(isReadByForm(bar("100.00"))).toBe(false);
  parser.feed(bar("100.00"), 1);
  expect(isReadByForm(bar("101.00"))).toBe(true);
  expect(told.steps[0]).toBe(101);
  expect(isReadByForm(bar("101.50"))).toBe(false);
});
