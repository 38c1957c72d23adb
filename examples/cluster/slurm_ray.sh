#!/usr/bin/env bash
# A Ray cluster for the length of one Slurm job: the head and the run on the first node, workers on all of them.
#
#   SOAR2COT_LEDGER=postgresql://user@db/soar SOAR2COT_DATA=/data/soar.parquet sbatch examples/cluster/slurm_ray.sh
#
#SBATCH --job-name=soar2cot-ray
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=64
#SBATCH --exclusive
#SBATCH --time=08:00:00
#SBATCH --signal=B:TERM@240
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=soar2cot-%j.log
set -uo pipefail
: "${SOAR2COT_LEDGER:?the ledger that all workers share, postgresql://user@host/database}"
export RAY_USAGE_STATS_ENABLED=0
head=$(hostname)
address="$head:${RAY_PORT:-6379}"
cpus=${SLURM_CPUS_PER_TASK:-1}

srun --nodes=1 --ntasks=1 --nodelist="$head" \
    ray start --head --port="${address##*:}" --num-cpus="$cpus" --include-dashboard=false --block &
until ray health-check --address "$address" >/dev/null 2>&1; do sleep 2; done
if [ "$SLURM_JOB_NUM_NODES" -gt 1 ]; then
    srun --nodes=$((SLURM_JOB_NUM_NODES - 1)) --ntasks=$((SLURM_JOB_NUM_NODES - 1)) --exclude="$head" \
        ray start --address="$address" --num-cpus="$cpus" --block &
fi

told=""
soar2cot run --run-dir "${SOAR2COT_RUN_DIR:-runs/slurm}" --executor ray --address "$address" \
    --worker-cpus "${WORKER_CPUS:-16}" --yes --display plain --grace 180 "$@" &
run=$!
trap 'told=yes; kill -TERM "$run" 2>/dev/null' TERM INT
wait "$run"
code=$?
if [ -n "$told" ]; then
    wait "$run"
    code=$?
fi
ray stop >/dev/null 2>&1
case "$code" in
    130 | 143) exec scontrol requeue "$SLURM_JOB_ID" ;; # goes on where it was
esac
exit "$code"
