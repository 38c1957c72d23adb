#!/usr/bin/env bash
# Many machines without Ray: each task of the array is a run of its own, all on one PostgreSQL ledger.
#
#   SOAR2COT_LEDGER=postgresql://user@db/soar SOAR2COT_DATA=/data/soar.parquet sbatch examples/cluster/slurm_array.sh
#
#SBATCH --job-name=soar2cot
#SBATCH --array=0-15
#SBATCH --cpus-per-task=16
#SBATCH --time=08:00:00
#SBATCH --signal=B:TERM@180
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=soar2cot-%A_%a.log
set -uo pipefail
: "${SOAR2COT_LEDGER:?the ledger that all tasks share, postgresql://user@host/database}"

# Three minutes before the time is up Slurm tells this script (B:); it tells the run, which finishes what is in flight.
told=""
soar2cot run --run-dir "runs/array-$SLURM_ARRAY_TASK_ID" --yes --display plain --grace 120 "$@" &
run=$!
trap 'told=yes; kill -TERM "$run" 2>/dev/null' TERM INT
wait "$run"
code=$?
if [ -n "$told" ]; then
    wait "$run"
    code=$?
fi
case "$code" in
    130 | 143) exec scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" ;; # goes on where it was
esac
exit "$code"
