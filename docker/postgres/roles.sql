-- The five roles and three databases, made by a superuser once; running it again changes nothing but the passwords.
--   gateway_owner  owns the gateway's tables; used by `gateway migrate` alone
--   gateway        what the gateway serves with; `gateway migrate` grants it what its work needs, table by table
--   console        reads the audit and the agents, and changes nothing; without a password file it cannot log in
--   tasker         owns the reference Tasker's database and sees no other
--   launcher       owns the reference Launcher's database and sees no other
-- Passwords are read from the files gateway_owner, gateway, console, tasker and launcher in the folder that ROLES_FOLDER names.
\set ON_ERROR_STOP on
\set QUIET on
\set owner_password `cat "$ROLES_FOLDER/gateway_owner"`
\set gateway_password `cat "$ROLES_FOLDER/gateway"`
\set console_password `cat "$ROLES_FOLDER/console" 2>/dev/null || true`
\set tasker_password `cat "$ROLES_FOLDER/tasker"`
\set launcher_password `cat "$ROLES_FOLDER/launcher"`

-- The statements below name passwords; the server's log is no place for them.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET password_encryption = 'scram-sha-256';

SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['gateway_owner', 'gateway', 'console', 'tasker', 'launcher']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE gateway_owner NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'owner_password';
ALTER ROLE gateway NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'gateway_password';
ALTER ROLE console NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'console_password';
ALTER ROLE tasker NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'tasker_password';
ALTER ROLE launcher NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'launcher_password';

-- A replica that is stopped while it holds a lock must not block a revoke for longer than this.
ALTER ROLE gateway SET lock_timeout = '2s';
ALTER ROLE gateway SET statement_timeout = '2s';
ALTER ROLE gateway SET idle_in_transaction_session_timeout = '5s';

-- A reader's mistake must not hold the writers up.
ALTER ROLE console SET default_transaction_read_only = on;
ALTER ROLE console SET statement_timeout = '10s';
ALTER ROLE console SET lock_timeout = '2s';

SELECT 'CREATE DATABASE gateway OWNER gateway_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'gateway') \gexec
SELECT 'CREATE DATABASE tasker OWNER tasker'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'tasker') \gexec
SELECT 'CREATE DATABASE launcher OWNER launcher'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'launcher') \gexec

REVOKE ALL ON DATABASE gateway, tasker, launcher FROM PUBLIC;
GRANT CONNECT ON DATABASE gateway TO gateway, console;

\connect gateway
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO gateway_owner;
GRANT USAGE ON SCHEMA public TO gateway, console;

\connect tasker
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO tasker;

\connect launcher
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO launcher;
