#!/bin/bash
# Surveys a tree of drivers on a Slurm cluster: an array of N tasks, each of which surveys one part of the tree into a
# catalogue of its own, and a job behind it that merges the parts.
#
#   submit.sh TREE OUT N [SBATCH OPTION...]      for example: submit.sh /srv/images /srv/poolwho 100 --partition=batch
#
#   TREE   the drivers; every node sees them under this path
#   OUT    a folder that every node sees, made when it is missing. In it:
#            fleet.db          the merged catalogue, for `poolwho TAG --catalog fleet.db`
#            parts-of-N/I.db   the catalogues of the parts; kept, so that the next run reads only what changed
#            log/              what the tasks said
#   N      how many parts: choose it so that a part takes ten minutes or more, and keep it from run to run
#   SBATCH OPTION...   for the tasks and for the merge: --partition, --account, --time, ...
#
# Environment:
#   POOLWHO    the program, the same path on every node (default: poolwho of this shell's PATH). The static program
#              needs nothing else on the nodes.
#   MACHINE    the name under which the catalogue holds the drivers (default: the first name of this machine). Node
#              names would not do: the part that one node surveyed today another one may survey tomorrow.
#   SCRATCH    a folder on the nodes' own disks (default: TMPDIR of the task, or /tmp). SQLite's locks cannot be relied
#              on where the disk is another machine's.
# Prints the numbers of both jobs. What the tasks do when they are killed is said in survey.sbatch.
set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,/^# Prints/s/^# \{0,1\}//p' "$0"; exit 2; }
here=$(dirname "$(realpath "$0")")
TREE=$(realpath "$1") OUT=$(realpath -m "$2") PARTS=$3
shift 3
[ -d "$TREE" ] || { echo "submit.sh: there is no folder $TREE" >&2; exit 2; }
[[ $PARTS =~ ^[1-9][0-9]*$ ]] || { echo "submit.sh: '$PARTS' is not a number of parts" >&2; exit 2; }
POOLWHO=$(command -v "${POOLWHO:-poolwho}") || { echo "submit.sh: poolwho is not in PATH: set POOLWHO" >&2; exit 2; }
POOLWHO=$(realpath "$POOLWHO") MACHINE=${MACHINE:-$(hostname -s)} SCRATCH=${SCRATCH:-}
export TREE OUT PARTS POOLWHO MACHINE SCRATCH
mkdir -p "$OUT/parts-of-$PARTS" "$OUT/log"

survey=$(sbatch --parsable --array="1-$PARTS" --output="$OUT/log/survey-%A-%a.log" "$@" "$here/survey.sbatch")
# A task that failed for good leaves no new part: the merge is then dropped, and fleet.db stays as it was.
merge=$(sbatch --parsable --dependency="afterok:$survey" --kill-on-invalid-dep=yes --output="$OUT/log/merge-%j.log" \
  "$@" "$here/merge.sbatch")
echo "survey $survey, merge $merge"
