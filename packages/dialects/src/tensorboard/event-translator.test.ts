import { expect, test } from "vitest";
import { MessageWriter } from "../protobuf/message-writer.js";
import { crc32c, maskedCrc32c } from "./crc32c.js";
import { EventTranslator, newTranslation } from "./event-translator.js";
import { encodeTfRecord, TfRecordReader } from "./tf-record.js";

const text = (words: string) => new TextEncoder().encode(words);
const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);

/** An event with one value. */
function eventOf(step: number, value: MessageWriter): Uint8Array {
  return new MessageWriter().double(1, 1.5).integer(2, step).content(5, new MessageWriter().content(1, value)).finish();
}

function plugin(name: string, content: Uint8Array = new Uint8Array()): MessageWriter {
  return new MessageWriter().content(1, new MessageWriter().content(1, name).content(2, content));
}

function translated(...events: Uint8Array[]) {
  const [translator, translation] = [new EventTranslator({ run: "a" }, "a"), newTranslation()];
  for (const event of events) translator.translate(event, translation);
  return translation;
}

test("the checksum is that of the format", () => {
  expect([crc32c(text("123456789")), maskedCrc32c(text("123456789"))]).toEqual([0xe306_9283, 0xc78a_b0e5]);
});

test("a record with damaged content is passed over and counted", () => {
  const records = ["one", "two", "three"].map((words) => encodeTfRecord(text(words)));
  (records[1] as Uint8Array)[13]! ^= 1;
  const reader = new TfRecordReader();
  for (const record of records) reader.feed(record);
  const found: string[] = [];
  for (let record = reader.next(); record; record = reader.next()) found.push(new TextDecoder().decode(record.content));
  expect([found, reader.damagedRecords, reader.isCutOff]).toEqual([["one", "three"], 1, false]);
});

test("files are bounded, and those beyond are counted", () => {
  const image = new MessageWriter().content(4, PNG);
  const events = Array.from({ length: 10_003 }, (_, step) => eventOf(step, new MessageWriter().content(1, "in").content(4, image)));
  const { files, passedOver } = translated(...events);
  expect([files.length, Object.fromEntries(passedOver)]).toEqual([10_000, { "images beyond the first 10000 files": 3 }]);
});

test("bytes that are not an event are counted, and those around them are read", () => {
  const scalar = (step: number) => eventOf(step, new MessageWriter().content(1, "m").float(2, step));
  const { records, passedOver } = translated(scalar(1), text("\xff\xff garbage"), scalar(-2));
  expect(records).toMatchObject([
    { kind: "points", series: [{ name: "m", labels: { run: "a" } }], step: 1, timeNs: 1_500_000_000n, values: [1] },
    { step: -2, values: [-2] },
  ]);
  expect(Object.fromEntries(passedOver)).toEqual({ "damaged records": 1 });
});

test("pictures, sounds, histograms and texts are files; a short text is a param, too", () => {
  const image = new MessageWriter().integer(1, 1).content(4, PNG);
  const tensorOf = (texts: Uint8Array[]) => texts.reduce((tensor, part) => tensor.content(8, part), new MessageWriter().integer(1, 7));
  const doubles = new Float64Array([0, 1, 5, 1, 2, 0, 2, 3, 7]);
  const histogram = new MessageWriter().integer(1, 2).content(4, new Uint8Array(doubles.buffer));
  const { files, records, passedOver } = translated(
    eventOf(3, new MessageWriter().content(1, "in/x").content(4, image)),
    eventOf(
      4,
      new MessageWriter()
        .content(1, "../y")
        .content(8, tensorOf([text("1"), text("1"), PNG, PNG]))
        .content(9, plugin("images")),
    ),
    eventOf(5, new MessageWriter().content(1, "w").content(8, histogram).content(9, plugin("histograms"))),
    eventOf(
      6,
      new MessageWriter()
        .content(1, "say/text_summary")
        .content(8, tensorOf([text("hello")]))
        .content(9, plugin("text")),
    ),
    eventOf(9, new MessageWriter().content(1, "say/text_summary").content(8, tensorOf([text("later")]))),
    eventOf(7, new MessageWriter().content(1, "curve").content(8, histogram).content(9, plugin("pr_curves"))),
  );
  expect(files.map(({ path, content }) => [path, content.length])).toEqual([
    ["tensorboard/a/images/in/x/3.png", 7],
    ["tensorboard/a/images/_/y/4-0.png", 7],
    ["tensorboard/a/images/_/y/4-1.png", 7],
    ["tensorboard/a/histograms/w/5.json", 30],
    ["tensorboard/a/texts/say/6.md", 5],
    ["tensorboard/a/texts/say/9.md", 5],
  ]);
  expect(new TextDecoder().decode(files[3]?.content)).toBe('{"buckets":[[0,1,5],[2,3,7]]}\n');
  expect(records).toEqual([{ kind: "params", within: ["tensorboard", "texts"], members: new Map([["say", '"hello"']]) }]);
  expect(Object.fromEntries(passedOver)).toEqual({ pr_curves: 1 });
});
