import { expect, it } from "vitest";
import { readCorpusFiles } from "../../../testing/console-corpus/corpus.js";
import { readMetrics } from "../../../testing/console-corpus/read.js";
import { score } from "../../../testing/console-corpus/score.js";

const fixtures = readCorpusFiles(new URL("./fixtures/", import.meta.url));

it.each(fixtures.flatMap((file) => ["auto", "kaldi"].map((parser) => ({ ...file, parser }))))(
  "$name is read as its list says by --parser $parser",
  ({ bytes, expected, parser }) => {
    const { required, missed, wrong, miscounted } = score(readMetrics(bytes, parser), expected);
    expect(required).toBeGreaterThan(0);
    expect({ missed, wrong, miscounted }).toEqual({ missed: [], wrong: [], miscounted: [] });
  },
);
