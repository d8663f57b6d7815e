import { privateUrl } from "ava-kodo";
import { expect, test } from "vitest";
import { readKodoAccount } from "./kodo-account.js";
import { kodoDownload } from "./kodo-url.js";

const credentials = { accessKey: "ak", secretKey: "sk" };
const domain = "dl.example.com";

test.each([
  ["qiniu://1380@z0/models/ava/a b/what?#.gz", "http://dl.example.com/ava/a%20b/what%3F%23.gz"],
  ["qiniu://z0/models/ava/模型:3", "http://dl.example.com/ava/%E6%A8%A1%E5%9E%8B%3A3"],
  ["qiniu:///models/ava//x", "http://dl.example.com/ava//x"],
  ["qiniu:///models/ava/a(1)!.gz", "http://dl.example.com/ava/a%281%29%21.gz"],
])("%s is downloaded from the account's domain for ten minutes", (address, base) => {
  const { accessKey, secretKey } = credentials;
  expect(kodoDownload(address, { ...credentials, domain }, 1_700_000_000_900)).toBe(privateUrl(base, 1_700_000_600, accessKey, secretKey));
  expect(kodoDownload(address, { ...credentials, domain: `https://${domain}/` }, 0)).toMatch(/^https:\/\/dl\.example\.com\/ava\//);
});

test.each([
  ["qiniu://z0/models", /not a qiniu:/],
  ["qiniu://z0/models/other/x", /begins with ava\//],
  ["qiniu://z0/models/ava/../x", /begins with ava\//],
])("%s is refused", (address, message) => {
  expect(() => kodoDownload(address, { ...credentials, domain }, 0)).toThrow(message);
});

test("what the environment lacks is named", () => {
  const account = readKodoAccount({ AVA_ACCESS_KEY: "a", AVA_SECRET_KEY: "" });
  expect(account).toEqual({ accessKey: "a" });
  expect(() => kodoDownload("qiniu://z0/models/ava/x", account, 0)).toThrow(/with AVA_SECRET_KEY, AVA_KODO_DOMAIN in its environment/);
});
