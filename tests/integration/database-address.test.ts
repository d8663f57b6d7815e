// What is told where the address of a database, or what is beside it, is wrong.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { openStore } from "../../packages/platform/src/store/embedded/open.js";
import { hasPostgres, postgresServer } from "../../packages/platform/src/testing/postgres-driver.js";
import { platformCommand } from "../crash/platform-process.js";
import type { PostgresProcess } from "../processes/postgres.js";

const [PROGRAM, BIN] = platformCommand("") as [string, string];

function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ava-address-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function run(cwd: string, args: string[], environment: Record<string, string> = {}): object {
  const env = { ...process.env, ...environment };
  return spawnSync(PROGRAM, [BIN, ...args], { cwd, env, encoding: "utf8", timeout: 60_000 });
}

/** While this process answers, too. */
async function runBeside(cwd: string, args: string[]): Promise<object> {
  const child = spawn(PROGRAM, [BIN, ...args], { cwd, stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, errors };
}

test("an address of another kind of store is refused, and no folder of that name is made", async () => {
  const folder = testFolder();
  await openStore({ dataDir: join(folder, "data") }).close();
  for (const to of ["mysql://ava:secret@db/ava", "postgre://ava:secret@db/ava"]) {
    const stderr = expect.stringMatching(/^ava-platform: \w+:\/\/ is not a store\. (?!.*secret)/);
    expect(run(folder, ["migrate", "--from", "data", "--to", to])).toMatchObject({ status: 2, stderr });
  }
  expect(readdirSync(folder)).toEqual(["data"]);
});

test("a folder that is named twice, in two forms, is told as one place", () => {
  const stderr = expect.stringContaining("the same place");
  expect(run(testFolder(), ["migrate", "--from", "data/", "--to", "./data"])).toMatchObject({ status: 2, stderr });
});

test("a password that is not written as an address needs it is told as that, without the password", () => {
  for (const part of ["ge/he@im@db:5432", "geheim@db:5432x"]) {
    const stderr = expect.stringMatching(/^ava-platform: The address of the database is not one: (?!.*im@).*%2F, %40/);
    expect(run(testFolder(), ["check", "--database", `postgres://ava:${part}/ava`])).toMatchObject({ status: 2, stderr });
  }
});

test.skipIf(!hasPostgres)(
  "a new database whose encoding cannot hold every text is refused with the command that makes another, and left as it is",
  async () => {
    const server = await postgresServer();
    await server.sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    const stderr = expect.stringMatching(/^ava-platform: The encoding of the database is LATIN1, .* CREATE DATABASE ava_utf8 .*\.\n$/);
    expect(run(testFolder(), ["--port", "0", "--database", server.url("latin")])).toMatchObject({ status: 2, stderr });
    expect(await server.sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'ava'", "latin")).toBe("0");
    await server.sql("CREATE DATABASE ava_utf8 ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0");
  },
);

test("check and token of a folder that is named do not ask the database of the environment", () => {
  const folder = testFolder();
  const environment = { AVA_PLATFORM_DATABASE: "postgres://ava@127.0.0.1:1/ava" };
  for (const command of ["check", "token"]) {
    const stderr = expect.stringContaining("backup");
    expect(run(folder, [command, "--data", "backup"], environment)).toMatchObject({ status: 1, stderr });
    expect(run(folder, [command], environment)).toMatchObject({ status: 1, stderr: expect.stringContaining("127.0.0.1:1") });
  }
});

let server: PostgresProcess;
beforeAll(async () => {
  if (hasPostgres) server = await postgresServer();
});

test.skipIf(!hasPostgres)("a user without the right to make the schema is told which right is missing", async () => {
  const name = await server.database();
  await server.sql("create role poor login");
  const url = server.url(name).replace("ava@", "poor@");
  const stderr = expect.stringMatching(/^ava-platform: .*permission denied.*GRANT CREATE ON DATABASE\.\n$/);
  expect(run(testFolder(), ["token", "--database", url])).toMatchObject({ status: 1, stderr });
});

test.skipIf(!hasPostgres)("a user or a database that is not there is told as a wrong address, not as an outage", () => {
  const url = server.url("nothing");
  for (const wrong of [url, url.replace("ava@", "nobody_knows@").replace("nothing", "postgres")]) {
    const stderr = expect.stringMatching(/^ava-platform: .*Check user, password and name/);
    expect(run(testFolder(), ["check", "--database", wrong])).toMatchObject({ status: 1, stderr });
  }
});

test.skipIf(!hasPostgres)("sslmode=require encrypts and takes any certificate, verify-full takes only one that is proved", async () => {
  const folder = testFolder();
  const names = ["-keyout", join(folder, "key"), "-out", join(folder, "certificate")];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", ...names], {
    stdio: "ignore",
  });
  const [key, cert] = [readFileSync(join(folder, "key")), readFileSync(join(folder, "certificate"))];
  // As a server with TLS: it agrees to the request for it, and then speaks as the one behind it, which has none.
  const proxy = createServer((socket) => {
    socket.once("data", () => {
      socket.write("S");
      const secure = new TLSSocket(socket, { isServer: true, key, cert });
      const plain = connect(server.port, "127.0.0.1");
      for (const [from, to] of [
        [secure, plain],
        [plain, secure],
      ] as const)
        from.on("error", () => to.destroy()).pipe(to);
    });
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => void proxy.close());
  const { port } = proxy.address() as { port: number };
  const url = server.url(await server.database()).replace(/:\d+\//, `:${port}/`);
  expect(await runBeside(folder, ["token", "--database", `${url}?sslmode=require`])).toEqual({
    status: 0,
    errors: expect.stringMatching(/^This is the token of platforms that were started without one\. .*--token-file.*\n$/),
  });
  const errors = expect.stringMatching(/self-signed certificate/);
  expect(await runBeside(folder, ["token", "--database", `${url}?sslmode=verify-full`])).toEqual({ status: 1, errors });
});
