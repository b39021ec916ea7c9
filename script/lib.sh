# shellcheck shell=bash
# What the scripts share: headings, one-sentence failures, packages, a Python.

say() { printf '\n== %s\n' "$*" >&2; }

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Runs a command as root without asking anybody; fails when that is not possible.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    return 1
  fi
}

# apt_install PACKAGE...: fails when there is no apt, no right or no package.
apt_install() {
  command -v apt-get >/dev/null 2>&1 || return 1
  as_root true || return 1
  local options=(-qq -o DPkg::Lock::Timeout=300) said
  # A source that is broken need not be the one that has the packages.
  as_root apt-get "${options[@]}" update >&2 || true
  # Hundreds of lines that matter only when it fails.
  said=$(as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get "${options[@]}" install -y --no-install-recommends "$@" 2>&1) && return
  printf '%s\n' "$said" >&2
  return 1
}

python_fits() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Prints the first Python that fits; PYTHON, when set, is the only candidate.
find_python() {
  local candidate
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if python_fits "$candidate"; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

have_uv() { command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; }

digest() { cat "$@" | sha256sum | cut -c1-64; }
