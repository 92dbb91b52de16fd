#!/usr/bin/env bash
# Deploys services of a Compose project so that what was built is what runs: builds them, recreates them whatever Compose
# thinks of it, and proves it. Why each step is there: docs/RELIABILITY_PLAN.md.
#
# It needs bash 4, the docker CLI with Compose 2.x or docker-compose 1.29, and flock. With stalewatch on PATH the watchdog
# keeps its hands off meanwhile, and the proof is `stalewatch verify`; without, the docker CLI has to do.
#
# What a dry run prints is shell, with variables for what only a real run can know:
# shellcheck disable=SC2016

if ((BASH_VERSINFO[0] < 4)); then
  echo "deploy: FAILED: bash 4 or newer is needed, this is $BASH_VERSION" >&2
  exit 2
fi
set -euo pipefail
export LC_ALL=C
unset CDPATH

usage() {
  cat <<'END'
Usage: deploy.sh --service NAME [options]

  --service NAME     recreate this service, and no other (repeatable)
  --project NAME     the Compose project; default: the one that has a container of the service
  --file FILE        a Compose file (repeatable); default: those that the project was made from
  --env-file FILE    what Compose reads in place of .env (repeatable); default: what the project was made with
  --build-id ID      what the build is called; default: the time and the commit
  --prune-first      free disk space before the build: docker image prune -f
  --timeout TIME     how long the containers may take to work: 90s, 3m (default 3m)
  --settle TIME      how long each must then run without a restart (default 30s, or heal.settle)
  --no-hold          do not tell the watchdog to keep its hands off meanwhile
  --dry-run          print the commands, in order, and run none of them

DEPLOY_MIN_FREE_MIB (default 1024) is how much disk space a build needs at least.
Exit codes: 0 deployed and verified, 1 failed, 2 refused before anything was done.
END
}

readonly COMPOSE_LABEL=com.docker.compose
readonly HOLD_FOR=1h
# What says all about a container that its list does not.
readonly INSPECT_FORMAT='{{.Name}} {{.Created}} {{.State.Status}} {{.State.ExitCode}} {{.RestartCount}} {{.State.StartedAt}} {{if .State.Health}}{{.State.Health.Status}}{{else}}-{{end}} {{.Image}}'

project='' build_id='' timeout=3m settle='' prune_first='' no_hold='' dry_run=''
files=() env_files=() services=()
compose=() options=() buildable=() leftovers=()
declare -A is_known=() is_built=() replicas=() is_job=() shares=()
origin_files=() origin_env_files=() origin_directory=''
engine_id='' engine_root='' engine_began='' hold='' labels='' failure='' began=''

say() {
  printf 'deploy: %s\n' "$*" >&2
}

# Ends the deploy. What it says here is told last, with what still runs.
fail() {
  failure=$1
  exit "${2:-1}"
}

refuse() {
  fail "$1" 2
}

# ── Commands ────────────────────────────────────────────────────────────────────────────────────────────────────────────

# For a POSIX shell. Two words are variables of a dry run.
quote() {
  local escaped="'\\''"
  case $1 in
    '$hold' | '$labels') printf '"%s"' "$1" ;;
    *[!A-Za-z0-9_@%+=:,./-]* | '') printf "'%s'" "${1//"'"/$escaped}" ;;
    *) printf '%s' "$1" ;;
  esac
}

command_line() {
  local word line=''
  for word in "$@"; do line+=" $(quote "$word")"; done
  printf '%s' "${line# }"
}

# One command of the protocol: printed by a dry run, else run.
step() {
  if [[ $dry_run ]]; then
    command_line "$@"
    echo
  else
    say "+ $(command_line "$@")"
    "$@"
  fi
}

# ── What was asked for ──────────────────────────────────────────────────────────────────────────────────────────────────

parse_arguments() {
  while (($# > 0)); do
    case $1 in
      --prune-first) prune_first=1 ;;
      --no-hold) no_hold=1 ;;
      --dry-run) dry_run=1 ;;
      -h | --help)
        trap - EXIT
        usage
        exit 0
        ;;
      --project | --file | --env-file | --service | --build-id | --timeout | --settle)
        [[ ${2-} ]] || refuse "$1 needs a value; --help lists all options"
        take_option "$1" "$2"
        shift
        ;;
      *) refuse "unknown argument $1; --help lists all options" ;;
    esac
    shift
  done
  ((${#services[@]} > 0)) || refuse "no --service was named, and nothing is recreated that nobody asked for"
  # They go into file names, labels and YAML.
  [[ ! $project || $project =~ ^[a-z0-9][a-z0-9_-]*$ ]] ||
    refuse "--project $project is no name of a Compose project: a-z, 0-9, _ and -"
  [[ ! $build_id || $build_id =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]] ||
    refuse "--build-id $build_id cannot be a tag: A-Z, a-z, 0-9, _, . and -, at most 128"
  seconds_in "$timeout" >/dev/null || refuse "--timeout $timeout is no time: write 90s, 15m or 1h"
  [[ ! $settle ]] || seconds_in "$settle" >/dev/null || refuse "--settle $settle is no time: write 90s, 15m or 1h"
}

take_option() {
  case $1 in
    --project) project=$2 ;;
    --file) files+=("$2") ;;
    --env-file) env_files+=("$2") ;;
    --service) [[ " ${services[*]-} " == *" $2 "* ]] || services+=("$2") ;;
    --build-id) build_id=$2 ;;
    --timeout) timeout=$2 ;;
    --settle) settle=$2 ;;
  esac
}

seconds_in() {
  [[ $1 =~ ^([0-9]{1,6})([smh])$ ]] || return 1
  local unit=${BASH_REMATCH[2]} number=$((10#${BASH_REMATCH[1]}))
  case $unit in
    s) echo "$number" ;;
    m) echo "$((number * 60))" ;;
    h) echo "$((number * 3600))" ;;
  esac
}

# ── Preflight: looks, changes nothing ───────────────────────────────────────────────────────────────────────────────────

preflight() {
  local program
  for program in docker flock; do
    command -v "$program" >/dev/null || refuse "there is no $program on PATH"
  done
  find_engine
  [[ $project ]] || find_project
  find_origin
  find_files
  find_compose
  read_definition
  refuse_beside_heal
  find_leftovers
  [[ $prune_first ]] || require_space
  name_build
}

find_engine() {
  local found host
  # Not every release of the CLI fails where there is none.
  found=$(docker info --format '{{.ID}}|{{.SystemTime}}|{{.DockerRootDir}}') || found=''
  IFS='|' read -r engine_id engine_began engine_root <<<"$found"
  engine_id=${engine_id//[!A-Za-z0-9]/}
  [[ $engine_id ]] || refuse "the Docker engine does not answer"
  # Its own clock says when containers were created.
  engine_began=$(date -u -d "$engine_began" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null) || engine_began=$began
  # Whoever else is asked knows nothing of the CLI's contexts.
  host=$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null) || host=''
  [[ ${DOCKER_HOST-} || $host != unix:* || $host == unix:///var/run/docker.sock ]] || export DOCKER_HOST=$host
}

# The containers of Compose that all these labels fit; each line is what `$1` prints of one.
kept() {
  local format=$1 label filters=()
  shift
  for label in "$@" oneoff=False; do filters+=(--filter "label=$COMPOSE_LABEL.$label"); done
  docker ps -a --no-trunc "${filters[@]}" --format "$format"
}

find_project() {
  local service found
  found=$(for service in "${services[@]}"; do
    kept "{{.Label \"$COMPOSE_LABEL.project\"}}" "service=$service" || exit 1
  done | sort -u) || refuse "the containers cannot be listed"
  [[ $found ]] || refuse "no container of ${services[*]} tells the project: name it with --project"
  [[ $found != *$'\n'* ]] ||
    refuse "several projects have ${services[*]} (${found//$'\n'/, }): choose one with --project"
  project=$found
}

# From the containers' labels, as stalewatch reads them: 1.x writes paths as they were typed, 2.x absolute ones.
find_origin() {
  local found list directory env_list first launch path
  found=$(kept "{{.Label \"$COMPOSE_LABEL.project.config_files\"}}|{{.Label \"$COMPOSE_LABEL.project.working_dir\"}}|{{.Label \"$COMPOSE_LABEL.project.environment_file\"}}" \
    "project=$project" "service=${services[0]}" | sort -u) || refuse "the containers cannot be listed"
  IFS='|' read -r list directory env_list <<<"$found"
  [[ $found != *$'\n'* && $list && $directory ]] || return 0
  first=${list%%,*} launch=$directory
  [[ $first == /* || $first != */* ]] || launch=${directory%"/${first%/*}"}
  while IFS= read -r -d, path; do
    [[ $path == /* ]] || path=$launch/$path
    origin_files+=("$path")
  done <<<"$list,"
  origin_directory=$directory
  [[ ! $env_list ]] || while IFS= read -r -d, path; do origin_env_files+=("$path"); done <<<"$env_list,"
}

# Whoever names other files than those that the project was made from has to say what belongs to them.
find_files() {
  if ((${#files[@]} == 0)); then
    ((${#origin_files[@]} > 0)) ||
      refuse "the containers of $project do not say which files they were made from: name them with --file"
    files=("${origin_files[@]}")
  fi
  require_files
  if [[ "${files[*]}" == "${origin_files[*]-}" ]]; then
    [[ ${files[0]%/*} == "$origin_directory" ]] || options+=(--project-directory "$origin_directory")
    ((${#env_files[@]} > 0)) || env_files=(${origin_env_files[@]+"${origin_env_files[@]}"})
  fi
  ((${#env_files[@]} > 0 || ${#origin_env_files[@]} == 0)) ||
    refuse "the containers of $project were made with other files, and --env-file ${origin_env_files[*]}: say which with --env-file"
  local path
  for path in ${env_files[@]+"${env_files[@]}"}; do
    [[ -f $path && -r $path ]] || refuse "there is no readable file $path; name it with --env-file"
    options+=(--env-file "$(absolute "$path")")
  done
}

absolute() {
  printf '%s/%s' "$(cd "$(dirname "$1")" && pwd)" "${1##*/}"
}

# Absolute: so the containers say where they come from, wherever this was called.
require_files() {
  local i
  for i in "${!files[@]}"; do
    [[ -f ${files[i]} && -r ${files[i]} ]] || refuse "there is no readable file ${files[i]}; name it with --file"
    files[i]=$(absolute "${files[i]}")
  done
}

# 1.x and 2.x give images and containers other names, so the generation that made what runs goes first.
find_compose() {
  local made_by version candidate candidates=('docker compose' docker-compose)
  made_by=$(kept "{{.Label \"$COMPOSE_LABEL.version\"}}" "project=$project") || refuse "the containers cannot be listed"
  [[ $made_by != 1.* ]] || candidates=(docker-compose 'docker compose')
  for candidate in "${candidates[@]}"; do
    read -ra compose <<<"$candidate"
    version=$("${compose[@]}" version --short 2>/dev/null) || continue
    version=${version#v}
    [[ $version =~ ^1\.(29|[3-9][0-9])\. || $version =~ ^([2-9]|[1-9][0-9]+)\. ]] || continue
    [[ ! $made_by || ${made_by:0:2} == "${version:0:2}" || ($made_by != 1.* && $version != 1.*) ]] ||
      say "what runs was made by Compose ${made_by%%$'\n'*}, and is made anew by $version"
    local file
    options=(-p "$project" ${options[@]+"${options[@]}"})
    for file in "${files[@]}"; do options+=(-f "$file"); done
    return
  done
  refuse "there is neither docker-compose 1.29 nor docker compose 2.x"
}

read_definition() {
  local name profile profiles=()
  read_services
  for name in "${services[@]}"; do
    [[ ! ${is_known[$name]-} ]] || continue
    # In a profile that is not active, perhaps. Whoever names it means it; so does Compose.
    while read -r profile; do profiles+=(--profile "$profile"); done < \
      <("${compose[@]}" "${options[@]}" config --profiles)
    ((${#profiles[@]} == 0)) || read_services "${profiles[@]}"
    break
  done
  for name in "${services[@]}"; do
    [[ ${is_known[$name]-} ]] || refuse "there is no service $name in ${files[*]}"
    [[ ! ${is_built[$name]-} ]] || buildable+=("$name")
  done
  for name in "${!shares[@]}"; do
    # Compose would leave it in the namespace of a container that is gone.
    [[ " ${services[*]} " != *" ${shares[$name]} "* || " ${services[*]} " == *" $name "* ]] ||
      refuse "$name shares a namespace of ${shares[$name]}, and would be cut off: name it as well (--service $name)"
  done
}

# Both generations print a definition in the same plain form: two spaces a level.
read_services() {
  local definition name key value
  definition=$("${compose[@]}" "${options[@]}" "$@" config) || refuse "the configuration in ${files[*]} is not valid"
  while read -r name key value; do
    case $key in
      known) is_known[$name]=1 ;;
      build) is_built[$name]=1 ;;
      replicas) replicas[$name]=$value ;;
      job) is_job[$name]=1 ;;
      shares) shares[$name]=$value ;;
    esac
  done < <(awk '
    /^[^ ]/ { inside = ($0 == "services:"); next }
    !inside { next }
    /^  [^ ]/ { name = $1; gsub(/["\047:]/, "", name); print name, "known" }
    /^    [^ ]/ { deploy = ($1 == "deploy:"); depends = ($1 == "depends_on:") }
    depends && /^      [^ ]/ { needed = $1; gsub(/["\047:]/, "", needed) }
    depends && /^        condition: service_completed_successfully/ { print needed, "job" }
    /^    (network_mode|pid|ipc): "?service:/ { gsub(/"/, ""); sub(/^service:/, "", $2); print name, "shares", $2 }
    /^    build:/ { print name, "build" }
    /^    scale: / || (deploy && /^      replicas: /) { print name, "replicas", $2 }
  ' <<<"$definition")
}

# What a heal of the watchdog's has made, and still needs, however it ended.
refuse_beside_heal() {
  local service name
  for service in "${services[@]}"; do
    while read -r name; do
      [[ $name != *.stalewatch-* ]] ||
        refuse "$name belongs to a heal that is under way or was cut off: wait for its end (stalewatch history), or type stalewatch doctor --repair"
    done < <(kept '{{.Names}}' "project=$project" "service=$service")
  done
}

# Containers that a Compose which was cut off has created and never started. 2.26 fails over those that it finds.
find_leftovers() {
  local service id state name
  for service in "${services[@]}"; do
    while IFS='|' read -r id state name; do
      [[ $state != created || $name == *.stalewatch-* ]] || leftovers+=("$id")
    done < <(kept '{{.ID}}|{{.State}}|{{.Names}}' "project=$project" "service=$service")
  done
}

require_space() {
  local free least=${DEPLOY_MIN_FREE_MIB:-1024}
  [[ ${DOCKER_HOST:-unix:} == unix:* && -d $engine_root ]] || return 0
  free=$(df -Pk "$engine_root" | awk 'NR == 2 { print int($4 / 1024) }')
  ((free >= least)) ||
    refuse "$engine_root has $free MiB left, and a build may need $least: --prune-first frees what nothing uses, or lower DEPLOY_MIN_FREE_MIB"
}

name_build() {
  [[ ! $build_id ]] || return 0
  local commit
  commit=$(revision)
  build_id=$(date -u +%Y%m%d-%H%M%S)${commit:+-${commit:0:12}}
}

# The commit that is built, with a mark if the tree has other changes; empty without git.
revision() {
  git -C "${files[0]%/*}" describe --always --dirty --abbrev=40 --exclude='*' 2>/dev/null || true
}

# ── The protocol ────────────────────────────────────────────────────────────────────────────────────────────────────────

# Two deploys of a project on one engine would recreate each other's containers. The kernel drops the lock with the last process
# that has it open: a Compose that outlives this script keeps it.
take_lock() {
  local place=/run/lock
  [[ -d $place && -w $place ]] || place=${TMPDIR:-/tmp}
  local lock=$place/stalewatch-deploy-$project-$engine_id.lock
  if [[ $dry_run ]]; then
    local quoted
    quoted=$(quote "$lock")
    printf '[ -e %s ] || : >%s\nexec 9<%s\nflock -n 9\n' "$quoted" "$quoted" "$quoted"
    return
  fi
  [[ ! -L $lock ]] || refuse "$lock is a link, which somebody else may have put there: remove it"
  # Opened to read: another user may have made it.
  [[ -e $lock ]] || { : >"$lock"; } 2>/dev/null || refuse "the lock $lock cannot be made; may this user write there?"
  exec 9<"$lock"
  flock -n 9 || refuse "another deploy of $project is under way (it has $lock)"
}

# A watchdog that cannot be told keeps nobody from deploying: it waits out its grace anyway.
take_hold() {
  [[ ! $no_hold ]] && command -v stalewatch >/dev/null || return 0
  local command=(stalewatch hold --project "$project" --for "$HOLD_FOR" --reason "deploy $build_id")
  if [[ $dry_run ]]; then
    printf 'hold=$(%s)\n' "$(command_line "${command[@]}")"
    hold='$hold'
    return
  fi
  say "+ $(command_line "${command[@]}")"
  hold=$("${command[@]}") || { hold='' && say "no hold was taken, for the reason above; going on without"; }
}

release_hold() {
  [[ $hold ]] || return 0
  step stalewatch release "$hold" || say "hold $hold was not released, and ends by itself after $HOLD_FOR"
  hold=''
}

# Neither Compose has an option for labels on what it builds, so a file adds them. It is not part of the later `up`: the
# containers' definition stays what the project's own files say.
build_images() {
  ((${#buildable[@]} > 0)) || return 0
  local file
  file=$(label_file)
  if [[ $dry_run ]]; then
    labels='$labels'
    printf 'labels=$(mktemp)\ncat >"$labels" <<END\n%s\nEND\n' "$file"
  else
    { labels=$(mktemp) && printf '%s\n' "$file" >"$labels"; } ||
      fail "no temporary file can be written, and $(untouched)"
  fi
  step "${compose[@]}" "${options[@]}" -f "$labels" build --build-arg "BUILD_ID=$build_id" "${buildable[@]}" ||
    fail "building ${buildable[*]} failed, and $(untouched)"
  step rm -f "$labels"
  labels=''
}

untouched() {
  echo "no container was touched"
}

label_file() {
  local service commit created
  commit=$(revision)
  created=$(date -u ${SOURCE_DATE_EPOCH:+-d "@$SOURCE_DATE_EPOCH"} +%Y-%m-%dT%H:%M:%SZ)
  echo "services:"
  for service in "${buildable[@]}"; do
    printf '  "%s":\n    build:\n      labels:\n' "$service"
    printf '        org.opencontainers.image.created: "%s"\n' "$created"
    [[ ! $commit ]] || printf '        org.opencontainers.image.revision: "%s"\n' "$commit"
  done
}

# Without --no-deps, Compose 1.29 would recreate what they depend on, too.
recreate() {
  ((${#leftovers[@]} == 0)) || step docker rm "${leftovers[@]}" || fail "removing what was never started failed"
  step "${compose[@]}" "${options[@]}" up -d --no-deps --force-recreate "${services[@]}" ||
    fail "recreating ${services[*]} failed"
}

# Never volumes, and never what stopped containers need.
prune_images() {
  step docker image prune -f
}

# Compose 1.29 does not write on its containers that others wait for their end.
has_untold_job() {
  local service
  [[ ${compose[0]} == docker-compose ]] || return 1
  for service in "${services[@]}"; do [[ ! ${is_job[$service]-} ]] || return 0; done
  return 1
}

verify() {
  if command -v stalewatch >/dev/null && ! has_untold_job; then
    local service code=0
    local command=(stalewatch verify --project "$project" --since "$began" --timeout "$timeout")
    [[ ! $settle ]] || command+=(--settle "$settle")
    for service in "${services[@]}"; do
      command+=(--service "$service" --replicas "$service=${replicas[$service]:-1}")
    done
    step "${command[@]}" || code=$?
    ((code != 0)) || return 0
    ((code != 1)) || fail "${services[*]} were built and recreated, but are not as they should be (see above)"
    say "stalewatch cannot say, for the reason above; looking with docker"
  fi
  verify_with_docker
}

# ── The proof without stalewatch ────────────────────────────────────────────────────────────────────────────────────────

verify_with_docker() {
  if [[ $dry_run ]]; then
    print_looks
    return
  fi
  say "waiting until ${services[*]} work, for ${settle:-30s} without a change"
  local service problem hopeless picture last='' steady=$SECONDS
  local deadline=$((SECONDS + $(seconds_in "$timeout"))) patience
  patience=$(seconds_in "${settle:-30s}")
  for (( ; ; )); do
    problem='' hopeless='' picture=''
    for service in "${services[@]}"; do look_at "$service"; done
    [[ ! $problem && $picture == "$last" ]] || steady=$SECONDS
    last=$picture
    [[ $problem ]] || ((SECONDS - steady < patience)) || return 0
    problem=${problem:-"${services[*]} have not run for ${settle:-30s} without a change"}
    ((SECONDS < deadline)) || hopeless=1
    [[ ! $hopeless ]] || fail "${services[*]} were built and recreated, but $problem"
    sleep 1
  done
}

readonly LIST_FORMAT='{{.ID}} {{.Image}}'

print_looks() {
  local service label filters
  for service in "${services[@]}"; do
    filters=()
    for label in "project=$project" "service=$service" oneoff=False; do
      filters+=(--filter "label=$COMPOSE_LABEL.$label")
    done
    printf 'listed=$(%s)\n' "$(command_line docker ps -a --no-trunc "${filters[@]}" --format "$LIST_FORMAT")"
    printf '%s $(echo "$listed" | cut -d " " -f 1)\n' "$(command_line docker inspect --format "$INSPECT_FORMAT")"
  done
}

# Adds to `picture` what there is of a service, and to `problem` the first thing that is wrong with it.
look_at() {
  local service=$1 listed inspected id image ids=() shown=() line i=0
  listed=$(kept "$LIST_FORMAT" "project=$project" "service=$service") || fail "the containers cannot be listed"
  while read -r id image; do
    [[ ! $id ]] || { ids+=("$id") && shown+=("$image"); }
  done <<<"$listed"
  local expected=${replicas[$service]:-1}
  ((${#ids[@]} == expected)) || problem=${problem:-"$service has ${#ids[@]} of $expected replicas"}
  ((${#ids[@]} > 0)) || return 0
  inspected=$(docker inspect --format "$INSPECT_FORMAT" "${ids[@]}") || {
    problem=${problem:-"a container of $service is gone"}
    return 0
  }
  while read -r line; do
    judge "$line" "${shown[i]}" "$service"
    i=$((i + 1))
  done <<<"$inspected"
  picture+=$inspected
}

# The list shows an image's bare ID in place of a name that means another image by now.
judge() {
  local name created status code health image wrong='' named=${2#sha256:} service=$3
  read -r name created status code _ _ health image <<<"$1"
  name=${name#/}
  if [[ ${created:0:19} < ${engine_began:0:19} ]]; then
    wrong="was created $created, before $engine_began"
  elif [[ $status == exited && $code == 0 && ${is_job[$service]-} ]]; then
    # Others wait for its end. What it ran is told by its image, as of the rest.
    [[ ${image#sha256:} != "$named"* ]] || wrong="did not run its newest image"
  elif [[ $status == exited || $status == dead ]]; then
    wrong="exited with code $code" hopeless=1
  elif [[ $status != running ]]; then
    wrong="is $status"
  elif [[ ${image#sha256:} == "$named"* ]]; then
    wrong="does not run its newest image"
  elif [[ $health == starting ]]; then
    wrong="is not healthy yet"
  elif [[ $health == unhealthy ]]; then
    wrong="is unhealthy"
  fi
  [[ ! $wrong ]] || problem=${problem:-"$name $wrong"}
}

# ── The end ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

# Whatever has happened: nothing is left behind, and a failure is one line.
finish() {
  local code=$1
  trap '' INT TERM HUP PIPE
  trap - EXIT
  # The hold is released also where nobody hears of it any more.
  set +e
  if [[ ! $dry_run ]]; then
    [[ ! $labels ]] || rm -f "$labels"
    release_hold
  fi
  ((code == 0)) || say "FAILED: ${failure:-a command that should not fail ended with $code}$(what_runs)"
  exit "$code"
}

what_runs() {
  [[ $project ]] || return 0
  local service name state status up='' down=''
  while IFS='|' read -r service name state status; do
    [[ $service && " ${services[*]} " == *" $service "* ]] || continue
    if [[ $state == running ]]; then up+=", $name ($status)"; else down+=", $name ($status)"; fi
  done < <(kept "{{.Label \"$COMPOSE_LABEL.service\"}}|{{.Names}}|{{.State}}|{{.Status}}" "project=$project" 2>/dev/null)
  up=${up#, }
  printf '; still running: %s%s' "${up:-none of ${services[*]}}" "${down:+; not running: ${down#, }}"
}

main() {
  trap 'finish $?' EXIT
  # Compose ends by itself on Ctrl-C. After a SIGTERM to this script alone, the command that runs is waited for: one that
  # is cut off would leave a container without its name.
  trap 'fail "interrupted" 130' INT
  trap 'fail "ended by SIGTERM" 143' TERM
  trap 'fail "ended by SIGHUP" 129' HUP
  trap 'fail "its output is not read any more" 141' PIPE
  parse_arguments "$@"
  began=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  preflight
  take_lock
  take_hold
  if [[ $prune_first ]]; then
    prune_images || fail "docker image prune failed, and $(untouched)"
    [[ $dry_run ]] || require_space
  fi
  # Also for files that name their images by it.
  step export "BUILD_ID=$build_id"
  build_images
  recreate
  local unpruned=''
  prune_images || unpruned=1
  verify
  release_hold
  [[ ! $unpruned ]] || fail "${services[*]} were deployed and verified, but docker image prune failed"
  [[ $dry_run ]] || say "done: ${services[*]} of $project: build $build_id, recreated and verified"
}

main "$@"
