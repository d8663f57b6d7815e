import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "./ava.js";
import { PostgresProcess } from "./postgres.js";
import { POSTGRES_BIN } from "./postgres-programs.js";

describe.skipIf(POSTGRES_BIN === undefined)("a PostgreSQL server of the tests", () => {
  let server: PostgresProcess;

  beforeAll(async () => {
    server = await PostgresProcess.start({ synchronous_commit: "on" });
  });
  afterAll(() => server?.remove());

  it("gives each test a database of its own, copied from a template", async () => {
    const template = await server.database();
    await server.sql("create table t (a int); insert into t values (1), (2)", template);
    const [one, two] = [await server.database(template), await server.database(template)];
    await server.sql("delete from t where a = 1", one);
    expect([await server.sql("select * from t", one), await server.sql("select * from t", two)]).toEqual(["2", "1\n2"]);
  });

  it("keeps what was committed when it is stopped or killed", async () => {
    await server.sql("create table kept (a int)");
    for (const end of ["stop", "kill"] as const) {
      await server.sql(`insert into kept values (${end.length})`);
      await server[end]();
      await expect(server.sql("select 1")).rejects.toThrow("refused");
      await server.launch();
    }
    expect(await server.sql("select count(*) from kept")).toBe("2");
  });

  it("gets a standby that takes over, with all that was committed", async () => {
    const standby = await server.standby();
    server.configure({ synchronous_standby_names: "standby" });
    await server.sql("select pg_reload_conf()");
    await waitFor(async () => (await server.sql("select sync_state from pg_stat_replication")) === "sync", "a synchronous standby");
    await server.sql("create table moved (a int)");
    await expect(standby.sql("insert into moved values (1)")).rejects.toThrow("read-only");
    await server.kill();
    await standby.promote();
    await standby.sql("insert into moved values (1)");
    await standby.remove();
  });
});
