#!/usr/bin/env bash
# What the tests need of the system: Chromium and a font with Chinese characters; LibreOffice, through which forms go and come back and
# which opens reports; and what fetches Neo4j for its tests: Maven.
# Installed only where we are root on a Debian; elsewhere one line says what is missing: tests of browsers and of LibreOffice then skip,
# those of Neo4j fail.
set -euo pipefail
missing=()
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
  command -v google-chrome >/dev/null 2>&1 || missing+=(chromium)
[ -n "$(find /usr/share/fonts /usr/local/share/fonts "${HOME:-/root}/.fonts" -iname '*cjk*' -print -quit 2>/dev/null)" ] ||
  missing+=(fonts-noto-cjk)
# the browser's driver is a Node of its own, which needs this library
compgen -G '/usr/lib/*/libatomic.so.1' >/dev/null || compgen -G '/usr/lib*/libatomic.so.1' >/dev/null || missing+=(libatomic1)
# forms and reports are opened in what offices open them with; without a screen, and without what recommends itself
have() { compgen -G "/usr/lib*/libreoffice/program/$1" >/dev/null; }
have libsclo.so || missing+=(libreoffice-calc-nogui)
have libswlo.so || missing+=(libreoffice-writer-nogui)
command -v mvn >/dev/null 2>&1 || missing+=(maven)
[ ${#missing[@]} -gt 0 ] || exit 0
then="tests with a browser or LibreOffice skip, and those of Neo4j fail without maven"
if [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null 2>&1; then
  echo "lianjian: installing for the tests: ${missing[*]} (apt-get)"
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update -qq >/dev/null 2>&1 && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
    exit 0
  fi
  echo "lianjian: apt-get could not install ${missing[*]}; $then"
else
  echo "lianjian: missing for the tests: ${missing[*]} (on Debian: apt-get install ${missing[*]}); $then"
fi
