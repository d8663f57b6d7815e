import { expect, onTestFinished, test, vi } from "vitest";
import { runCli } from "./cli.js";

test("a command with a slip is told with those that there are; it was told as an argument too many of serve", async () => {
  const told = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  onTestFinished(() => told.mockRestore());
  expect(await runCli(["chek", "--data", "nowhere"], {})).toBe(2);
  expect(told.mock.calls).toEqual([[expect.stringMatching(/^ava-platform: There is no command chek\. There are: serve, token, check, /)]]);
});
