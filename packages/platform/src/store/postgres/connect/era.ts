/**
 * When the server began to count anew, which it does where one of its processes crashed: it recovers without a start, and gives numbers of transactions again.
 * Before version 15 it would read a file for it.
 */
const RECOVERED =
  "CASE WHEN current_setting('server_version_num')::int >= 150000 THEN extract(epoch FROM pg_stat_get_bgwriter_stat_reset_time())::text END";

/**
 * Names what stands behind an address: the process of the server since its start or its recovery from a crash, the database in it, and the files of its table of
 * instances. Whatever brings a database back to an earlier time changes one of them: a backup that is started, a standby that is promoted, a dump that is loaded. A
 * pooler passes it on, and it reads no table. It is null before there are tables.
 */
const NAME = `concat(extract(epoch FROM pg_postmaster_start_time()), ' ', ${RECOVERED}, ' ') || pg_relation_filepath(to_regclass('ava.instances'))`;

/** Name of the column. */
export const ERA_COLUMN = "era";

/** Column of statements whose answer is put together with what this process remembers: `Database` looks at it in the first row. A number, made once for all rows. */
export const ERA: string = `(SELECT hashtextextended(${NAME}, 0)) AS ${ERA_COLUMN}`;
