-- The two roles that pgcm works with, and no more than they need. For psql, PostgreSQL 12 to 18; can be run again.
--
--   psql -X -d postgres -f least-privilege.sql              -- on the primary, as a superuser
--   psql -X -d postgres -c '\password pgcm' -c '\password replicator'
--
-- Run it in the database of cluster.dbname: what is granted on a function holds in the one database only.
-- On 12 to 14 only a superuser may use ALTER SYSTEM and CHECKPOINT; -v superuser=yes makes pgcm one there.
--
-- pg_hba.conf, on every node, for the hosts of all nodes:
--   host  all          pgcm        10.0.0.0/24  scram-sha-256
--   host  replication  replicator  10.0.0.0/24  scram-sha-256
-- and for the agent's own server: local  all  pgcm  scram-sha-256
-- Passwords: in a passfile of mode 0600 that belongs to the user who runs pgcm.

\set ON_ERROR_STOP on
SET client_min_messages = warning;
SELECT current_setting('server_version_num')::int >= 150000 AS from_15,
       current_setting('server_version_num')::int >= 160000 AS from_16 \gset

BEGIN;

-- Standbys stream as this one, and clones are made as it.
SELECT 'CREATE ROLE replicator LOGIN REPLICATION'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'replicator') \gexec

-- The agents log in as this one. REPLICATION: a session of its own kind when all connection slots are taken, the
-- timeline of a standby, and the replication slots.
SELECT 'CREATE ROLE pgcm LOGIN REPLICATION'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pgcm') \gexec

-- What the walreceiver does, primary_conninfo, sizes.
GRANT pg_monitor TO pgcm;

-- To promote, to reload a changed setting, to let a paused replay go on.
GRANT EXECUTE ON FUNCTION pg_promote(boolean, integer), pg_reload_conf(), pg_wal_replay_resume() TO pgcm;

-- What pg_rewind reads the primary's files with.
GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean), pg_read_binary_file(text),
    pg_read_binary_file(text, bigint, bigint, boolean) TO pgcm;

\if :from_15
    -- After a promotion, so that pg_rewind sees the new timeline.
    GRANT pg_checkpoint TO pgcm;
    GRANT ALTER SYSTEM ON PARAMETER synchronous_standby_names, primary_conninfo, primary_slot_name,
        wal_retrieve_retry_interval TO pgcm;
    -- The mark of each promotion, a pause, and the request for a switchover, kept as settings of this very role.
    GRANT SET ON PARAMETER "pgcm.promotion", "pgcm.pause", "pgcm.switchover" TO pgcm;
\elif :{?superuser}
    ALTER ROLE pgcm SUPERUSER;
\else
    \echo 'Before PostgreSQL 15, ALTER SYSTEM and CHECKPOINT need a superuser: without one, pgcm can look, elect and'
    \echo 'promote, but neither follow, pause, switch over nor set synchronous_standby_names. -v superuser=yes makes the'
    \echo 'role pgcm one.'
\endif

\if :from_16
    -- Connection slots that are kept for it when the others are taken (reserved_connections).
    GRANT pg_use_reserved_connections TO pgcm;
\endif

COMMIT;
