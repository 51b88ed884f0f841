# SPDX-License-Identifier: Apache-2.0
# What the scripts of ci/ share: named steps with their time, and the builds. Sourced, never run.
#
# Sourcing it enters the root of the repository, whatever the caller's directory was, and closes stdin: nothing here
# asks anybody anything.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
exec </dev/null
JOBS=$(getconf _NPROCESSORS_ONLN)

# The clock in microseconds. (The decimal sign follows the locale.)
now() { printf '%s' "${EPOCHREALTIME/[.,]/}"; }

# seconds_since MICROSECONDS: "12.3"
seconds_since() {
  local tenths=$((($(now) - $1) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# step NAME COMMAND...: runs it, says how long it took, and returns its exit code. Inside, `set -e` does not hold.
step() {
  local name=$1 start code=0
  shift
  start=$(now)
  printf '\n== %s\n' "$name"
  "$@" || code=$?
  if ((code == 0)); then
    printf '== %s: %s s\n' "$name" "$(seconds_since "$start")"
  else
    printf '== %s FAILED: exit %d after %s s\n' "$name" "$code" "$(seconds_since "$start")"
  fi
  return "$code"
}

# For builds of which nobody changes a single file: several sources a compilation, in a third of the time.
IN_ONE_GO=(-DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=6)

# configure PRESET FOLDER [CMAKE-OPTION...]: quiet unless it fails; through ccache where there is one, which knows the
# sources of another clone again.
configure() {
  local preset=$1 folder=$2 log
  shift 2
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
  if [[ -z ${CMAKE_CXX_COMPILER_LAUNCHER-} ]] && command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache
  fi
  log=$(cmake --preset "$preset" -B "$folder" "$@" 2>&1) || {
    printf '%s\n' "$log"
    return 1
  }
}

# compile FOLDER [TARGET...]: without targets everything.
compile() {
  local folder=$1
  shift
  cmake --build "$folder" --parallel "$JOBS" ${1+--target "$@"}
}

# build_release [TARGET...]: what users run, in build/release.
build_release() { configure release build/release && compile build/release "$@"; }

# What the sanitized tests and ci/determinism share, in build/asan.
configure_sanitized() { configure asan build/asan "${IN_ONE_GO[@]}"; }
