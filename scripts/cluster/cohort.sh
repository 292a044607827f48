#!/usr/bin/env bash
# The last job behind a Slurm array: log, failed nights and cohort file of all shards. Submitted by scripts/cluster/submit.
# SPDX-License-Identifier: BSD-3-Clause
set -uo pipefail
manifest=$1 folder=$2
shift 2
[[ -z ${PSG_BIN:-} ]] || PATH="$PSG_BIN:$PATH"
exec psg-batch "$manifest" -o "$folder" --no-run --wait "$@"
