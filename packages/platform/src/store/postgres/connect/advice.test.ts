import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { TLSSocket, type TLSSocketOptions } from "node:tls";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { waitFor } from "../../../../../../tests/processes/ava.js";
import { PostgresProcess } from "../../../../../../tests/processes/postgres.js";
import { hasPostgres } from "../../../testing/postgres-driver.js";
import { Database } from "./database.js";

/** TLS with a client's certificate, TLS with none, a password, and nothing. */
const RULES = `
  hostssl all with_certificate 127.0.0.1/32 trust clientcert=verify-ca
  hostssl all with_tls 127.0.0.1/32 trust
  host all with_password 127.0.0.1/32 scram-sha-256
  host all from_elsewhere 10.9.8.7/32 trust
  host all ava,poor,few 127.0.0.1/32 trust
`;

/** Makes an authority, and certificates that it has signed: of the server, expired ones, and a client's. */
function makeCertificates(folder: string): void {
  const openssl = (...args: string[]): unknown => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...ec, "-days", "2", "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.crt");
  writeFileSync(join(folder, "names"), "subjectAltName = DNS:localhost\n");
  for (const [name, days] of [
    ["server", "2"],
    ["expired", "-1"],
    ["client", "2"],
  ] as const) {
    openssl("req", "-new", ...ec, "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    const from = ["-in", `${name}.csr`, "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"];
    openssl("x509", "-req", ...from, "-days", days, "-extfile", "names", "-out", `${name}.crt`);
  }
}

/** @returns what is answered, or told */
async function toldOf(url: string): Promise<unknown> {
  let database: Database | undefined;
  try {
    database = new Database({ url, connections: 1 });
    return await database.ask("SELECT 1 AS one");
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}: ${message}`;
  } finally {
    await database?.close();
  }
}

/** As a server with TLS, for builds of PostgreSQL that have none: it agrees to the request for it, and then speaks as the one behind it. */
async function startFront(behind: number, folder: string, certificate: string, more: TLSSocketOptions = {}): Promise<number> {
  const [key, cert] = ["key", "crt"].map((kind) => readFileSync(join(folder, `${certificate}.${kind}`)));
  const front = createServer((socket) => {
    socket
      .on("error", () => undefined)
      .once("data", () => {
        socket.write("S");
        const secure = new TLSSocket(socket, { isServer: true, key: key!, cert: cert!, ...more });
        const plain = connect(behind, "127.0.0.1");
        secure.on("error", () => plain.destroy()).pipe(plain);
        plain.on("error", () => secure.destroy()).pipe(secure);
      });
  }).listen(0);
  onTestFinished(() => void front.close());
  await once(front, "listening");
  return (front.address() as { port: number }).port;
}

async function expectTold(told: [url: string, form: RegExp][]): Promise<void> {
  const answers = await Promise.all(told.map(([url]) => toldOf(url)));
  expect(answers).toEqual(told.map(([, form]) => expect.stringMatching(form)));
  expect(answers.join("\n")).not.toMatch(/hidden-word|wrong-word/);
}

describe.skipIf(!hasPostgres)("what is told where a database does not let the platform in", () => {
  let server: PostgresProcess;
  let tls = "";
  let hasTls = false;
  beforeAll(async () => {
    server = await PostgresProcess.start({}, (folder) => {
      tls = join(folder, "tls");
      mkdirSync(tls);
      makeCertificates(tls);
      const { uid, gid } = statSync(folder);
      for (const name of ["", ...readdirSync(tls)]) chownSync(join(tls, name), uid, gid);
    });
    await server.sql(
      "create role with_certificate login; create role with_tls login; create role with_password login password 'hidden-word'; create role from_elsewhere login; create role poor login; create role few login connection limit 0",
    );
    await server.sql("create database closed");
    await server.sql("revoke connect on database closed from public");
    hasTls = (await server.sql("show ssl_library")) !== "";
    if (hasTls) await setUp({ ssl: "on", ssl_ca_file: join(tls, "ca.crt") }, "server");
    writeFileSync(join(server.dataDir, "pg_hba.conf"), RULES);
    await server.sql("select pg_reload_conf()");
    await waitFor(async () => /SASL/.test(String(await toldOf(address("with_password")))), "the rules to hold", 20_000);
  }, 60_000);
  afterAll(() => server?.remove());

  async function setUp(settings: Record<string, string>, certificate: string): Promise<void> {
    server.configure({ ...settings, ssl_cert_file: join(tls, `${certificate}.crt`), ssl_key_file: join(tls, `${certificate}.key`) });
    await server.sql("select pg_reload_conf()");
  }

  /** @returns a port with TLS and such a certificate */
  async function securePort(certificate: string): Promise<number> {
    if (!hasTls) return startFront(server.port, tls, certificate);
    await setUp({}, certificate);
    return server.port;
  }

  /** @param user - with a password, perhaps */
  function address(user: string, params: Record<string, string> = {}, host = `127.0.0.1:${server.port}`, database = "postgres"): string {
    return `postgres://${user}@${host}/${database}?${new URLSearchParams(params)}`;
  }

  test("a way in that is refused has a sentence that says what to do, without the password", async () => {
    await expectTold([
      [address("ava", { sslmode: "verify-ca" }), /^usage: .*add sslrootcert=FILE/],
      [address("ava", { sslrootcert: "/nowhere/ca.pem" }), /^usage: The file \/nowhere\/ca\.pem of sslrootcert .*ENOENT/],
      [address("ava", { sslrootcert: join(tls, "names") }), /^usage: .*not certificates with their key/],
      [address("ava", { sslcert: join(tls, "client.crt"), sslkey: join(tls, "server.key") }), /^usage: .*the key is that of sslcert/],
      [address("with_tls"), /^store_failed: .*with TLS only, .* write sslmode=verify-full/],
      [address("from_elsewhere"), /^store_failed: .*add the platform to pg_hba\.conf/],
      [address("with_password:wrong-word"), /^store_failed: .*Check user, password and name of the database/],
      [address("with_password"), /^store_failed: .*Check user, password and name of the database/],
      [address("ava", {}, undefined, "nothing"), /^store_failed: .*"nothing" does not exist.* name of the database/],
      [address("poor", {}, undefined, "closed"), /^store_failed: .*GRANT CONNECT, CREATE ON DATABASE/],
      [address("few"), /^store_failed: .*max_connections/],
      [address("ava", {}, "nowhere.invalid"), /^store_failed: .*name of the host is not known/],
      [address("ava:hidden-word", {}, "127.0.0.1:1"), /^store_failed: .*See that PostgreSQL runs/],
    ]);
  });

  test("TLS: the right certificates let in; names, authorities and a missing certificate of the platform are told", async () => {
    const port = await securePort("server");
    const [named, byNumber] = [`localhost:${port}`, `127.0.0.1:${port}`];
    const full = { sslmode: "verify-full", sslrootcert: join(tls, "ca.crt") };
    const own = { sslcert: join(tls, "client.crt"), sslkey: join(tls, "client.key") };
    const strict = hasTls
      ? port
      : await startFront(server.port, tls, "server", {
          requestCert: true,
          rejectUnauthorized: true,
          ca: readFileSync(join(tls, "ca.crt")),
        });
    const user = hasTls ? "with_certificate" : "ava";
    for (const url of [
      address("ava", full, named),
      address("ava", { ...full, sslmode: "verify-ca" }, byNumber),
      address(user, { ...full, ...own }, `localhost:${strict}`),
    ])
      await expect.poll(() => toldOf(url), { timeout: 20_000 }).toEqual([{ one: 1 }]);
    await expectTold([
      [address("ava", full, byNumber), /^store_failed: .*for other names: name the host/],
      [address("ava", { sslmode: "verify-full" }, named), /^store_failed: .*with sslrootcert=FILE in the address/],
      [address(user, full, `localhost:${strict}`), /^store_failed: .*with sslcert=FILE and sslkey=FILE/],
    ]);
  });

  test("a certificate that has expired, a server without TLS and one that is not PostgreSQL are told as that", async () => {
    const other = createServer((socket) => void socket.on("error", () => undefined).end("HTTP/1.1 400 Bad Request\r\n\r\n")).listen(0);
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    expect(await toldOf(`postgres://ava@127.0.0.1:${port}/ava?sslmode=require`)).toMatch(/^store_failed: .*address is right/);
    expect(await toldOf(`postgres://ava@127.0.0.1:${port}/ava`)).toMatch(/^store_failed: .*address is right/);
    const full = { sslmode: "verify-full", sslrootcert: join(tls, "ca.crt") };
    const expired = address("ava", full, `localhost:${await securePort("expired")}`);
    await expect.poll(() => toldOf(expired), { timeout: 20_000 }).toMatch(/^store_failed: .*has expired: renew it/);
    if (hasTls) await setUp({ ssl: "off" }, "server");
    const without = address("ava", full, `localhost:${server.port}`);
    await expect.poll(() => toldOf(without), { timeout: 20_000 }).toMatch(/^store_failed: .*has no TLS: switch it on/);
  });
});
