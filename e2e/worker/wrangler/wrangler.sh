#!/bin/sh
# What the default deployment calls. It ends as wrangler does, and only a whole bundle goes live, as on Cloudflare.
set -eu
/opt/wrangler/node_modules/.bin/wrangler "$@" --dry-run --outdir "$DEPLOYED/bundle.new"
mv "$DEPLOYED/bundle.new" "$DEPLOYED/bundle"
