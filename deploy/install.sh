#!/usr/bin/env bash
# Installs stalewatch on a host without dpkg: the files of the Debian package, at the same places.
# A second run changes nothing; one with newer files is an upgrade. Configuration and state are never touched.
# E: what breaks off in a function is undone, too.
set -Eeuo pipefail

usage() {
  cat <<'END'
Usage: install.sh [--from DIR] [--dry-run]
       install.sh --uninstall [--purge] [--dry-run]

  --from DIR   the files, as `npm run package` leaves them (default: build/root beside this script's folder)
  --dry-run    print what would be done, and do nothing
  --uninstall  stop the service and remove its files; configuration and state stay
  --purge      with --uninstall: configuration, state and user go as well
END
}

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  [[ -z ${2-} ]] || printf '  %s\n' "$2" >&2
  exit 1
}

readonly MANIFEST=/usr/share/stalewatch/files
readonly CONFIG=/etc/stalewatch/stalewatch.yaml
readonly UNITS=(stalewatch.service stalewatch-check.service stalewatch-check.timer)

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
from=$here/../build/root
dry_run='' uninstall='' purge=''
while (($# > 0)); do
  case $1 in
    --from)
      [[ -n ${2-} ]] || fail '--from needs a folder'
      from=$2
      shift
      ;;
    --dry-run) dry_run=yes ;;
    --uninstall) uninstall=yes ;;
    --purge) purge=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) fail "unknown option $1" 'see install.sh --help' ;;
  esac
  shift
done
[[ -z $purge || -n $uninstall ]] || fail '--purge goes with --uninstall only'

# Prints a command, and runs it unless this is a dry run.
run() {
  printf '+%s\n' "$(printf ' %q' "$@")"
  [[ -n $dry_run ]] || "$@"
}

has_systemd() { [[ -d /run/systemd/system ]]; }

reload_units() { ! has_systemd || run systemctl daemon-reload; }

# Where a file of the package belongs on this host.
place_of() {
  local path=/$1
  if [[ $path == /usr/share/zsh/vendor-completions/* && ! -d /usr/share/zsh/vendor-completions ]]; then
    path=/usr/share/zsh/site-functions/${path##*/}
  fi
  printf '%s\n' "$path"
}

refuse_if_unfit() {
  [[ $EUID == 0 || -n $dry_run ]] || fail 'only root may install' "type: sudo $0"
  if command -v dpkg-query >/dev/null && dpkg-query -W -f '${db:Status-Status}' stalewatch 2>/dev/null | grep -qx installed; then
    fail 'stalewatch is installed as a Debian package here' 'use dpkg for it'
  fi
}

refuse_unusable_files() {
  [[ -x $from/usr/bin/stalewatch ]] || fail "$from holds no stalewatch" 'npm run package makes it; or name another folder: --from DIR'
  "$from/usr/bin/stalewatch" --version >/dev/null || fail 'the program does not run on this host' \
    'it needs glibc 2.28 or newer, libstdc++ and libatomic; what is missing stands above'
  command -v systemctl >/dev/null || fail 'this host has no systemd'
}

is_same() {
  [[ -f $2 ]] && cmp -s "$1" "$2" && [[ $(stat -c %a "$1") == $(stat -c %a "$2") ]]
}

# Files that are in place under a name of their own until all of them are.
declare -a staged=() replaced=() created=()

undo() {
  local path
  trap - ERR INT TERM HUP PIPE
  for path in ${replaced[@]+"${replaced[@]}"}; do mv -f "$path.stalewatch-old" "$path"; done
  for path in ${created[@]+"${created[@]}"}; do rm -f "$path"; done
  for path in ${staged[@]+"${staged[@]}"}; do rm -f "$path.stalewatch-new" "$path.stalewatch-old"; done
  fail 'it broke off; all files are as they were before' 'the reason stands above'
}

stage() {
  mkdir -p "$(dirname "$2")"
  staged+=("$2")
  cp "$1" "$2.stalewatch-new"
  chmod "$(stat -c %a "$1")" "$2.stalewatch-new"
}

exchange() {
  if [[ -e $1 ]]; then
    ln -f "$1" "$1.stalewatch-old"
    replaced+=("$1")
  else
    created+=("$1")
  fi
  mv -f "$1.stalewatch-new" "$1"
}

install_files() {
  local file place
  local -a wanted=() changed=() sources=()
  while IFS= read -r file; do
    place=$(place_of "$file")
    wanted+=("$place")
    [[ $place != "$CONFIG" || ! -e $CONFIG ]] || continue
    ! is_same "$from/$file" "$place" || continue
    changed+=("$place")
    sources+=("$from/$file")
  done < <(cd "$from" && find . -type f -printf '%P\n' | sort)
  # Without a list of them, an earlier run was cut off in the middle.
  if ((${#changed[@]} == 0)) && [[ -f $MANIFEST ]]; then
    printf 'stalewatch %s is in place\n' "$("$from/usr/bin/stalewatch" --version)"
    return
  fi
  ((${#changed[@]} == 0)) || printf 'install %s\n' "${changed[@]}"
  local was_there='' config_is_new=yes
  [[ ! -e /usr/bin/stalewatch ]] || was_there=yes
  [[ ! -e $CONFIG || ! -f $MANIFEST ]] || config_is_new=''
  if [[ -z $dry_run ]]; then
    trap undo ERR INT TERM HUP PIPE
    local i
    for i in ${changed[@]+"${!changed[@]}"}; do stage "${sources[i]}" "${changed[i]}"; done
    for place in ${changed[@]+"${changed[@]}"}; do exchange "$place"; done
  fi
  # Still with a way back: a second run would take all for done.
  run systemd-sysusers stalewatch.conf
  run install -d -m 0700 /etc/stalewatch/credentials
  if [[ -n $config_is_new ]]; then
    run chown root:docker "$CONFIG"
    run chmod 0640 "$CONFIG"
  fi
  if [[ -z $dry_run ]]; then
    write_manifest "${wanted[@]}"
    for place in ${changed[@]+"${changed[@]}"}; do rm -f "$place.stalewatch-old"; done
    trap - ERR INT TERM HUP PIPE
  fi
  reload_units
  if [[ -n $was_there ]] && has_systemd; then
    run systemctl try-restart stalewatch.service ||
      printf 'install.sh: stalewatch.service did not start again: see journalctl -u stalewatch\n' >&2
  else
    printf 'to start it: systemctl enable --now stalewatch\n'
  fi
}

# What an older version had and this one has not goes.
write_manifest() {
  local old
  if [[ -f $MANIFEST ]]; then
    while IFS= read -r old; do
      [[ $old == "$CONFIG" || " $* " == *" $old "* ]] || rm -f "$old"
    done <"$MANIFEST"
  fi
  mkdir -p "${MANIFEST%/*}"
  printf '%s\n' "$@" >"$MANIFEST.new"
  mv -f "$MANIFEST.new" "$MANIFEST"
}

uninstall_files() {
  [[ -f $MANIFEST || (-n $purge && (-d /etc/stalewatch || -d /var/lib/stalewatch)) ]] ||
    fail 'this script has not installed stalewatch here'
  if [[ -f $MANIFEST ]] && has_systemd; then
    run systemctl --quiet disable --now stalewatch.service stalewatch-check.timer
    run systemctl stop "${UNITS[1]}"
  fi
  local path
  [[ ! -f $MANIFEST ]] || while IFS= read -r path; do
    [[ $path == "$CONFIG" ]] || run rm -f "$path"
  done <"$MANIFEST"
  run rm -rf /usr/share/stalewatch /usr/share/doc/stalewatch
  reload_units
  if [[ -n $purge ]]; then
    run rm -rf /etc/stalewatch /var/lib/stalewatch
    ! getent passwd stalewatch >/dev/null || run userdel stalewatch
  fi
}

refuse_if_unfit
if [[ -n $uninstall ]]; then
  uninstall_files
else
  refuse_unusable_files
  install_files
fi
