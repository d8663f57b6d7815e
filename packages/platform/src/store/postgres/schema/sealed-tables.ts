/**
 * What of instances is sealed: commands up to `pos` are no longer in the journal. Bytes of points are compressed already, so PostgreSQL does not try
 * (`EXTERNAL`), and reads a stretch of them without the rest. See docs/formats/postgres.md.
 */
export const SEALED_TABLES = `
  CREATE TABLE ava.sealed (instance bigint PRIMARY KEY, pos bigint NOT NULL, state text NOT NULL, sum bigint NOT NULL);
  CREATE TABLE ava.events (instance bigint, first integer, events text NOT NULL, sum bigint NOT NULL, PRIMARY KEY (instance, first));
  CREATE TABLE ava.series (
    instance bigint, no integer, name text COLLATE "C" NOT NULL, labels text NOT NULL, totals bytea NOT NULL, sum bigint NOT NULL,
    first integer NOT NULL, heads bytea NOT NULL, last bytea NOT NULL, PRIMARY KEY (instance, no)
  );
  ALTER TABLE ava.series ALTER heads SET STORAGE EXTERNAL, ALTER last SET STORAGE EXTERNAL;
  CREATE TABLE ava.overviews (instance bigint, series integer, first integer, heads bytea NOT NULL, PRIMARY KEY (instance, series, first));
  ALTER TABLE ava.overviews ALTER heads SET STORAGE EXTERNAL;
  CREATE SEQUENCE ava.segment_no;
  CREATE TABLE ava.segments (no bigint PRIMARY KEY, instance bigint NOT NULL, size integer NOT NULL, bytes bytea);
  ALTER TABLE ava.segments ALTER bytes SET STORAGE EXTERNAL;
  CREATE INDEX segments_of_instance ON ava.segments (instance);
  CREATE TABLE ava.log_pieces (
    instance bigint, start bigint, bytes bytea NOT NULL, marks bytea NOT NULL, sum bigint NOT NULL, PRIMARY KEY (instance, start)
  );
  CREATE TABLE ava.leases (bucket integer PRIMARY KEY, owner text NOT NULL, epoch bigint NOT NULL, expires timestamptz NOT NULL);
`;
