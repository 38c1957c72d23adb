#!/usr/bin/env bash
# Sees to it that the tests find a PostgreSQL server: its binaries, not a running one. Installs them where it may.
set -euo pipefail
if compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || command -v initdb >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing the PostgreSQL server for the tests …"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  mkdir -p /etc/postgresql-common && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
  apt-get install -y -qq --no-install-recommends postgresql >/dev/null
  exit 0
fi
echo "NO POSTGRESQL SERVER HERE: the tests of the PostgreSQL ledger will be skipped. Install one: apt-get install postgresql" >&2
