import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { hasPostgres, postgresUrl } from "../../../testing/postgres-driver.js";
import { Database } from "./database.js";
import { findPrimary } from "./find-primary.js";
import { hostUrls, withoutPassword } from "./hosts.js";

test("a URL with several hosts is one for each; parameters about which of them stay out", () => {
  expect(hostUrls("postgres://me:a%40b@one:5432,two/ava?sslmode=require&target_session_attrs=read-write")).toEqual([
    "postgres://me:a%40b@one:5432/ava?sslmode=require&uselibpqcompat=true",
    "postgres://me:a%40b@two/ava?sslmode=require&uselibpqcompat=true",
  ]);
  for (const wrong of ["", "mysql://one/ava", "postgres://one", "postgres://one/"]) {
    expect(() => hostUrls(wrong)).toThrow(expect.objectContaining({ code: "usage" }));
  }
  expect(withoutPassword("postgres://me:secret@one/ava?password=secret")).not.toContain("secret");
  expect(withoutPassword("postgres://me@one:5432/ava")).toBe("postgres://me@one:5432/ava");
  expect(() => hostUrls("postgres://me:secret@one")).toThrow(expect.not.objectContaining({ message: expect.stringContaining("secret") }));
});

test("a password never gets into a message, nor to a name server, however the address is mistaken", () => {
  const wrong = [
    "me:secret@one/ava",
    "//me:secret@one/ava",
    "host=one user=me password=secret dbname=ava",
    "postgres://me:se@secret#x@one:5432/ava",
  ];
  for (const url of wrong) {
    expect(() => hostUrls(url)).toThrow(expect.objectContaining({ code: "usage", message: expect.not.stringMatching(/secret/) }));
  }
});

test("a slip in a parameter about TLS is refused: it would be passed over, and nothing encrypted", () => {
  for (const slip of ["sslmod=require", "sslMode=require", "ssl-mode=REQUIRED", "sslmode=requir", "sslmode=verify_full", "tls=true"]) {
    expect(() => hostUrls(`postgres://me@one/ava?${slip}`)).toThrow(/^The address of the database says .*sslmode=disable\|/);
  }
  const kept = "postgres://me@one/ava?sslmode=verify-full&sslrootcert=%2Fca.pem&application_name=ava&pgbouncer=true&uselibpqcompat=true";
  expect(hostUrls(kept)).toEqual([kept]);
});

describe.skipIf(!hasPostgres)("connections to a database", () => {
  test("a host that does not answer is passed, for the next one that takes writes", async () => {
    const url = await postgresUrl();
    const database = new Database({ url: url.replace("127.0.0.1", "127.0.0.1:1,127.0.0.1") });
    onTestFinished(() => database.close());
    expect(await database.ask("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  test("hosts that accept a connection and say nothing do not keep up the one that takes writes", async () => {
    const connected = new Set<Socket>();
    const silent = createServer((socket) => void connected.add(socket)).listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => {
      for (const socket of connected) socket.destroy();
      silent.close();
    });
    const { port } = silent.address() as { port: number };
    const url = await postgresUrl();
    const urls = [...Array.from({ length: 3 }, () => url.replace(/:\d+\//, `:${port}/`)), url];
    // The silent ones are waited for longer than a test may take.
    expect(await findPrimary(urls, 600_000)).toBe(url);
    expect(connected.size).toBe(3);
    const late = findPrimary(urls.slice(0, 1), 200);
    await expect(late).rejects.toMatchObject({ code: "store_failed", message: expect.stringContaining(`127.0.0.1:${port}: `) });
  });

  test("while all connections are busy what comes is refused, and nothing that is held is forgotten", async () => {
    const database = new Database({ url: await postgresUrl(), connections: 1, connectMs: 300 });
    onTestFinished(() => database.close());
    const lost = vi.fn();
    database.onLost(lost);
    let end = (): void => undefined;
    const held = new Promise<void>((resolve) => (end = resolve));
    const busy = database.transaction(async (ask) => {
      await held;
      return ask("SELECT 1 AS one");
    });
    await vi.waitFor(() =>
      expect(database.ask("SELECT 1")).rejects.toMatchObject({ status: 503, message: expect.stringContaining("busy") }),
    );
    end();
    expect(await busy).toEqual([{ one: 1 }]);
    expect(await database.ask("SELECT 2 AS two")).toEqual([{ two: 2 }]);
    expect(lost).not.toHaveBeenCalled();
  });

  test("bytes are read as they are, in any number of rows; a query that fails leaves the connection usable", async () => {
    const database = new Database({ url: await postgresUrl(), connections: 1 });
    onTestFinished(() => database.close());
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    await database.snapshot(async (ask, copy) => {
      const bytes = `decode(repeat('${all.toString("hex")}', 20000), 'hex')`;
      const rows = await copy(`SELECT n, 'é' || n, CASE n WHEN 2 THEN ${bytes} ELSE '' END FROM generate_series(1, 3) n`);
      expect(rows.map(([no, text]) => [no!.readInt32BE(), text!.toString()])).toEqual([
        [1, "é1"],
        [2, "é2"],
        [3, "é3"],
      ]);
      expect(rows.map((row) => row[2]!.length)).toEqual([0, 20_000 * 256, 0]);
      expect(rows[1]![2]!.equals(Buffer.concat(Array.from({ length: 20_000 }, () => all)))).toBe(true);
      expect(await copy("SELECT 1 WHERE false")).toEqual([]);
      expect(await ask("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    });
    await expect(database.snapshot((_ask, copy) => copy("SELECT 1 / (n - 2) FROM generate_series(1, 3) n"))).rejects.toMatchObject({
      message: expect.stringContaining("division by zero"),
    });
    expect(await database.ask("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });
});
