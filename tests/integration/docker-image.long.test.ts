// What the Dockerfile runs is run here without a container engine, in folders that stand for those of the image.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { repositoryPath } from "../processes/paths.js";
import { SEAWEED_ACCOUNT, SeaweedProcess } from "../processes/seaweed.js";

/** @returns the commands of a stage, each on one line */
function commandsOf(dockerfile: string, stage: number): string[] {
  const lines = dockerfile.replace(/\\\n\s*/g, "").split("\n");
  const stages = lines.join("\n").split(/^FROM .*$/m);
  return stages[stage]!.split("\n").filter((line) => /^[A-Z]+ /.test(line));
}

test("what the Dockerfile builds starts with a bucket, serves the portal and ends at SIGTERM; it had no client for S3", async () => {
  const image = mkdtempSync(path.join(tmpdir(), "ava-image-"));
  try {
    const dockerfile = readFileSync(repositoryPath("deploy/docker/Dockerfile"), "utf8");
    const ignored = readFileSync(repositoryPath("deploy/docker/Dockerfile.dockerignore"), "utf8");
    const kept = [...ignored.matchAll(/^!(.+)$/gm)].map(([, name]) => name!);
    mkdirSync(path.join(image, "src"));
    for (const name of kept) {
      cpSync(repositoryPath(name), path.join(image, "src", name), {
        recursive: true,
        filter: (file) => !/(^|\/)(node_modules|dist)$|\.tsbuildinfo$/.test(file),
      });
    }
    for (const command of commandsOf(dockerfile, 1).filter((line) => line.startsWith("RUN "))) {
      const script = command
        .slice(4)
        .replaceAll("/app", `${image}/app`)
        .replaceAll("/data", `${image}/data`)
        .replaceAll("/storage", `${image}/storage`);
      const { status, stdout, stderr } = spawnSync("sh", ["-c", script], { cwd: path.join(image, "src"), encoding: "utf8" });
      if (status !== 0) throw new Error(`${script}\n${stdout}${stderr}`);
    }
    rmSync(path.join(image, "src"), { recursive: true });
    const program = path.join(image, "app/packages/platform/bin/ava-platform.js");
    const seaweed = await SeaweedProcess.start();
    onTestFinished(() => seaweed.remove());
    await seaweed.makeBucket("ava");
    const { accessKey: AWS_ACCESS_KEY_ID, secretKey: AWS_SECRET_ACCESS_KEY } = SEAWEED_ACCOUNT;
    const blobs = `s3://ava/?endpoint=${seaweed.endpoint}&region=us-east-1`;
    const platform = spawn(process.execPath, [program, "serve", "--port", "0", "--data", path.join(image, "data"), "--blobs", blobs], {
      cwd: image,
      env: { ...process.env, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY },
    });
    const url = await new Promise<string>((resolve, reject) => {
      let output = "";
      const read = (bytes: Buffer): void => {
        output += bytes.toString();
        const found = /listens on (\S+)/.exec(output);
        if (found) resolve(found[1]!);
      };
      platform.stdout.on("data", read);
      platform.stderr.on("data", read);
      platform.on("exit", (code) => reject(new Error(`ended with ${code}: ${output}`)));
    });
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "ok" });
    expect(await (await fetch(`${url}/`)).text()).toContain("<title>");
    const ended = new Promise((resolve) => platform.on("exit", resolve));
    platform.kill("SIGTERM");
    expect(await ended).toBe(0);
  } finally {
    rmSync(image, { recursive: true, force: true });
  }
});
