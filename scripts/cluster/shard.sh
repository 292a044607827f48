#!/usr/bin/env bash
# One task of a Slurm array: one shard of a manifest. Submitted by scripts/cluster/submit.
# SPDX-License-Identifier: BSD-3-Clause
set -uo pipefail
manifest=$1 folder=$2
shift 2
[[ -z ${PSG_BIN:-} ]] || PATH="$PSG_BIN:$PATH"
echo "shard $SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_TASK_COUNT on ${SLURMD_NODENAME:-$HOSTNAME}, begun again: ${SLURM_RESTART_COUNT:-0} times" >&2
# --wait: when a node lost its slurmd alone, the task begun again waits for the one that still runs, and then keeps its results.
psg-batch "$manifest" -o "$folder" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --jobs "${SLURM_CPUS_PER_TASK:-1}" --wait "$@"
code=$?
# some bad recordings are no failure of the task: they stand in failed.tsv
if [[ $code == 3 ]]; then exit 0; fi
exit "$code"
