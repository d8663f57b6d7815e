// Whatever the bytes are: a reader throws nothing but what it says, and keeps what is before the damage.
import { expect, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../tests/random.js";
import { mergeParams } from "../params-text.js";
import { MessageWriter } from "../protobuf/message-writer.js";
import { WandbLogReader } from "../wandb/offline/log-reader.js";
import { OfflineRun } from "../wandb/offline/offline-run.js";
import { encodeHparams, encodeScalar, encodeVersion } from "./encode-event.js";
import { EventTranslator, newTranslation } from "./event-translator.js";
import { encodeTfRecord, TfRecordReader } from "./tf-record.js";

const ROUNDS = 1_000;

function readEvents(bytes: Uint8Array, pieceBytes: number) {
  const [reader, translator, translation] = [new TfRecordReader(), new EventTranslator(), newTranslation()];
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    reader.feed(bytes.subarray(start, start + pieceBytes));
    for (let record = reader.next(); record; record = reader.next()) translator.translate(record.content, translation);
  }
  return translation.records.length;
}

test("event files with any byte changed, left out or put in are read as far as they go", () => {
  const { below: draw } = randomOf(seedOfTest());
  const scalar = (step: number) => encodeScalar({ tag: `m${step}`, step, wallTime: step, value: step });
  const before = [encodeVersion(1), scalar(1), scalar(2)];
  const good = Buffer.concat(before);
  const file = Buffer.concat([good, encodeHparams({ lr: 0.1 }, 1), scalar(3), scalar(4)]);
  for (let round = 0; round < ROUNDS; round++) {
    const at = good.length + draw(file.length - good.length);
    const changed = [
      Buffer.concat([file.subarray(0, at), Buffer.from([draw(256)]), file.subarray(at + 1)]),
      Buffer.concat([file.subarray(0, at), file.subarray(at + 1 + draw(20))]),
      Buffer.concat([file.subarray(0, at), Buffer.from(Array.from({ length: draw(20) }, () => draw(256))), file.subarray(at)]),
    ][draw(3)] as Buffer;
    const records = readEvents(changed, 1 + draw(200));
    expect([records >= 2, records <= 5]).toEqual([true, true]);
  }
});

/** Translates records of an offline file, and sets their params. */
function readOffline(contents: readonly Uint8Array[]): string {
  const run = new OfflineRun();
  const records = [...contents.flatMap((content) => run.translate(content).records), ...run.finish()];
  return records.reduce((text, record) => (record.kind === "params" ? mergeParams(text, record) : text), "{}");
}

test("records of an offline file with any byte changed are read, or counted", () => {
  const { below } = randomOf(seedOfTest());
  const message = () => new MessageWriter();
  const item = (key: string, text: string) => message().content(2, key).content(16, text);
  const time = message().integer(1, 1_700_000_000).integer(2, 5);
  const run = message()
    .content(1, "id")
    .content(3, "p")
    .content(4, message().content(1, item("lr", "0.1")))
    .content(8, "n")
    .content(17, time);
  const good = [
    message().content(17, run),
    message().content(
      2,
      message().content(1, item("loss", "1.5")).content(1, item("_timestamp", "1.7e9")).content(2, message().integer(1, 3)),
    ),
    message().content(5, message().content(1, item("opt", '{"a": 1}'))),
    message().content(3, message().content(1, item("best", "0.5"))),
    message().content(7, message().content(2, time).content(3, message().content(1, "cpu").content(16, "5"))),
    message().content(13, message().integer(1, 1).content(2, time).content(3, "text")),
    message().content(18, message().integer(1, 3).integer(2, 9)),
  ].map((record) => record.finish());
  expect(readOffline(good)).toContain('"summary": {"best": 0.5}');
  for (let round = 0; round < ROUNDS; round++) {
    const place = below(good.length);
    const changed = Uint8Array.from(good[place] as Uint8Array);
    changed[below(changed.length)] = below(256);
    readOffline(good.with(place, changed));
  }
});

test("contents that are not messages are counted, also with good checksums", () => {
  const { below } = randomOf(seedOfTest());
  for (let round = 0; round < ROUNDS; round++) {
    const content = Uint8Array.from({ length: below(60) }, () => below(256));
    expect(readEvents(encodeTfRecord(content), 1_000)).toBeLessThan(2);
    expect(readOffline([content])).toMatch(/^\{/);
    const reader = new WandbLogReader();
    reader.feed(Uint8Array.from([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0, ...content]));
    while (reader.next());
  }
});
