#!/usr/bin/env bash
# Deploys infra2, from the folder that holds infra/: web and api, or only what --service names. All options: deploy.sh --help
services=(--service web --service api)
[[ " $* " != *" --service "* ]] || services=()
exec "$(dirname "$0")/../deploy.sh" --project infra2 --file infra/docker-compose.cartie2.prod.yml "${services[@]}" "$@"
