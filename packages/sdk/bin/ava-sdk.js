#!/bin/sh
":" /* This file is read twice: by the shell, which goes past this line and ends at the last line of the comment, and then by Node.js, to which all of it
# is a comment. Node.js sets ignored signals back to their default (nohup, background jobs of scripts), keeps the descriptors from 3 on from the programs
# that it starts, and raises the limit of open files. So all this is noted before it runs; packages/sdk/src/run/inherited.ts reads it.
# A shell drops variables whose names it does not understand (exported functions of bash): they are noted, too.
ignored=0 descriptors=
if [ -r /proc/self/status ]; then
  while read -r key value; do
    case $key in SigIgn:) ignored=$value && break ;; esac
  done </proc/self/status
  for path in /proc/self/fd/*; do
    flags=2000000
    { while read -r key value; do
      case $key in flags:) flags=$value && break ;; esac
    done <"/proc/self/fdinfo/${path#/proc/self/fd/}"; } 2>/dev/null
    # What has close-on-exec (02000000) is this shell's own.
    case ${path#/proc/self/fd/}/$flags in [012]/* | *[2367]??????) ;; *) descriptors=$descriptors,${path#/proc/self/fd/} ;; esac
  done
  if AVA_SDK_VARIABLES=$(LC_ALL=C grep -zvE '^[A-Za-z_][A-Za-z0-9_]*=' "/proc/$$/environ" 2>/dev/null | base64 2>/dev/null) && [ "$AVA_SDK_VARIABLES" ]; then
    export AVA_SDK_VARIABLES
  else
    unset AVA_SDK_VARIABLES
  fi
else
  for number in 1 2 3 10 12 13 15; do
    # A shell that ignores a signal survives it.
    { /bin/sh -c "ulimit -c 0; kill -$number \$\$"; } 2>/dev/null && ignored=$((ignored + (1 << (number - 1))))
  done
  ignored=$(printf %x "$ignored")
  for number in 3 4 5 6 7 8 9; do
    { :; } 2>/dev/null <&$number && descriptors=$descriptors,$number
  done
fi
export AVA_SDK_START="$$ $ignored $(ulimit -Sn) ${descriptors#,}"

command -v node >/dev/null && exec node "$0" "$@"

echo "ava-sdk: Node.js 20.19 or newer is needed and there is no 'node' on the PATH" >&2
[ "$1" = run ] || exit 127
while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done
[ $# -gt 1 ] || exit 127
echo "ava-sdk: the command runs, but is not recorded" >&2
shift
unset AVA_SDK_START AVA_SDK_VARIABLES
exec "$@"
*/;

import { main } from "../lib/cli.js";

await main(process.argv.slice(2));
