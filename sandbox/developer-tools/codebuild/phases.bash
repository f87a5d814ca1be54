# Runs the phases of a build in this one shell, as CodeBuild does with version 0.2 of the build specification: what a command
# sets (variables, functions, the folder) is there for the next one.
#
#   bash phases.bash <folder of the plan>
#
# The plan has a folder for each phase, in it `<n>`, each with one command. What happened is written into the file `report` of
# the plan's folder, with a line for each step.
#
# Names begin with __codebuild_ so that no command meets them.

__codebuild_script=${BASH_SOURCE[0]}
__codebuild_plan=$1
# Where the shell is: the phase and the number of the command; which phase failed.
__codebuild_phase=${3:-0}
__codebuild_command=${4:-0}
__codebuild_failed=${5:-}
# Given by a shell that was ended before: how its command ended.
__codebuild_status=${2:-}
set --

__codebuild_phases=(install pre_build build post_build)

__codebuild_log() { printf '[Container] %s %s\n' "$(date -u '+%Y/%m/%d %H:%M:%S')" "$1"; }
__codebuild_upper() { printf %s "$__codebuild_name" | tr '[:lower:]' '[:upper:]'; }
__codebuild_report() { printf '%s %s %s\n' "$(date '+%s')" "$1" "$2" >>"$__codebuild_plan/report"; }

# A command may end the shell, with `exit` or by `set -e`. That is the end of that command only: a new shell takes this one's
# place behind it. It has the folder and the exported variables; what was not exported is lost.
__codebuild_resume() {
  __codebuild_status=$?
  trap - EXIT
  __codebuild_log "The command ended the shell of the build with exit status $__codebuild_status"
  exec "$BASH" "$__codebuild_script" "$__codebuild_plan" "$__codebuild_status" "$__codebuild_phase" "$__codebuild_command" \
    "$__codebuild_failed"
}

__codebuild_main() {
  while [ "$__codebuild_phase" -lt 4 ]; do
    __codebuild_name=${__codebuild_phases[$__codebuild_phase]}
    if [ "$__codebuild_command" = 0 ]; then
      if ! __codebuild_wanted; then
        __codebuild_phase=$((__codebuild_phase + 1))
        continue
      fi
      __codebuild_log "Entering phase $(__codebuild_upper)"
      __codebuild_report begin "$__codebuild_name"
    fi
    if [ -f "$__codebuild_plan/$__codebuild_name/$__codebuild_command" ]; then
      __codebuild_file=$__codebuild_plan/$__codebuild_name/$__codebuild_command
      __codebuild_log "Running command $(cat "$__codebuild_file")"
      # shellcheck disable=SC1090
      . "$__codebuild_file"
      __codebuild_status=$?
      __codebuild_after_command
    else
      __codebuild_end_phase SUCCEEDED
    fi
  done
  trap - EXIT
  [ -z "$__codebuild_failed" ]
  exit
}

# A failed command is the end of its phase.
__codebuild_after_command() {
  if [ "$__codebuild_status" = 0 ]; then
    __codebuild_command=$((__codebuild_command + 1))
    return
  fi
  export CODEBUILD_BUILD_SUCCEEDING=0
  __codebuild_log "Command did not exit successfully $(cat "$__codebuild_file") exit status $__codebuild_status"
  __codebuild_report failed "$__codebuild_command $__codebuild_status"
  __codebuild_failed=${__codebuild_failed:-$__codebuild_name}
  __codebuild_end_phase FAILED
}

__codebuild_end_phase() {
  __codebuild_log "Phase complete: $(__codebuild_upper) State: $1"
  __codebuild_report end "$__codebuild_name"
  __codebuild_phase=$((__codebuild_phase + 1))
  __codebuild_command=0
}

# After a failure nothing runs any more, but for post_build when it was the build that failed.
__codebuild_wanted() {
  [ -d "$__codebuild_plan/$__codebuild_name" ] || return 1
  [ -z "$__codebuild_failed" ] || [ "$__codebuild_failed" = build ]
}

trap __codebuild_resume EXIT
# A build that is stopped is over: its shell must not go on behind the command that was ended.
trap 'trap - EXIT; exit 143' TERM
if [ -z "$__codebuild_status" ]; then
  export CODEBUILD_BUILD_SUCCEEDING=1
else
  __codebuild_name=${__codebuild_phases[$__codebuild_phase]}
  __codebuild_file=$__codebuild_plan/$__codebuild_name/$__codebuild_command
  __codebuild_after_command
fi
__codebuild_main
