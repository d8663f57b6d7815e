import { expect, test } from "vitest";
import { maskCode, maskCommand } from "./mask-secrets.js";

test.each([
  ["--api-key=abc --lr=0.1", "--api-key=*** --lr=0.1"],
  ["--hf-token abc -x", "--hf-token *** -x"],
  ["--accessKey abc", "--accessKey ***"],
  ["-Ddb.password=abc", "-Ddb.password=***"],
  ["WANDB_API_KEY=abc python", "WANDB_API_KEY=*** python"],
  ["s3://user:abc@host/bucket", "s3://user:***@host/bucket"],
  ["--token --verbose", "--token --verbose"],
  ["--max-tokens 512 --tokenizer bpe --keys a --monkeys=3", "--max-tokens 512 --tokenizer bpe --keys a --monkeys=3"],
])("a command line: %s", (command, masked) => {
  expect(maskCommand(["train", ...command.split(" ")])).toEqual(["train", ...masked.split(" ")]);
});

test("a line for a shell is masked in its one argument", () => {
  const line = `TOKEN=abc SECRET='d e' train --password ghi; curl -H "Authorization: Bearer jkl.mno"`;
  expect(maskCommand(["sh", "-c", line])).toEqual([
    "sh",
    "-c",
    `TOKEN=*** SECRET=*** train --password ***; curl -H "Authorization: Bearer ***"`,
  ]);
});

test.each([
  [`+api_key = "abc"`, "+api_key = ***"],
  [`+  "secret": 'abc', "lr": 0.1`, `+  "secret": ***, "lr": 0.1`],
  [`-os.environ["HF_TOKEN"] = "abc"`, `-os.environ["HF_TOKEN"] = ***`],
  ["+AWS_SECRET_ACCESS_KEY=abc", "+AWS_SECRET_ACCESS_KEY=***"],
  ["+rows = sorted(rows, key=len)", "+rows = sorted(rows, key=len)"],
  ["+for key in keys: print(key)", "+for key in keys: print(key)"],
  ["+tokenizer = 'bpe'", "+tokenizer = 'bpe'"],
])("a line of a diff: %s", (line, masked) => {
  expect(maskCode(`@@ -1 +1 @@\n${line}\n`)).toBe(`@@ -1 +1 @@\n${masked}\n`);
});
