-- The store's two roles and its database. By a superuser, once; the passwords come from files, never from here:
--   psql -v owner_password=… -v reader_password=… -f roles.sql   (docs/deploying.md)
\set ON_ERROR_STOP on
CREATE ROLE ops_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
-- What screens ask by: under row-level security, may only read, and no question may hold a screen for long.
CREATE ROLE ops_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'reader_password';
ALTER ROLE ops_reader SET default_transaction_read_only = on;
ALTER ROLE ops_reader SET statement_timeout = '30s';
CREATE DATABASE ops OWNER ops_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE ops FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE ops TO ops_owner;
GRANT CONNECT ON DATABASE ops TO ops_reader;
