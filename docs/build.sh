#!/usr/bin/env bash
# Builds the documentation site with DocFX, from the documents and the XML comments of the packages. A warning fails it.
#   docs/build.sh                         builds the packages, and the site into artifacts/site
#   docs/build.sh FOLDER CONFIGURATION    the site into FOLDER, from packages that are built: release or debug
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
output=${1:-artifacts/site}
configuration=${2:-release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet tool restore
if (($# == 0)); then
  rm -rf artifacts/site
  dotnet build src/Packages.slnf -c Release
fi

tar cf - *.md LICENSE docfx.json docs samples src/OffloadedPolling.Templates/README.md tests/servers/README.md | tar xf - -C "$work"
# The site has no folders, and not all files of the repository: links to what it lacks become text.
export ROOT=$PWD
(cd "$work" && find . -name '*.md' -exec \
  perl -MFile::Basename -i -pe \
  's{\[([^]]*)\]\(([^):\s]+)\)}{$file = dirname($ARGV) . "/$2"; -e "$ENV{ROOT}/$file" && !-f $file ? $1 : $&}ge' {} +)
mkdir -p "$work/artifacts/assemblies"
for project in src/*/*.csproj; do
  name=$(basename "$project" .csproj)
  [[ $name == *.Templates ]] || cp "artifacts/bin/$name/$configuration/$name".{dll,xml,deps.json} "$work/artifacts/assemblies"
done

dotnet docfx "$work/docfx.json" --warningsAsErrors --output "$output"
