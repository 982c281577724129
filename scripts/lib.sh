# Shared by the scripts of this folder; sourced, not run.

# Installs the Debian packages among its arguments that are missing. Says nothing on standard
# output.
install_packages() {
  local package missing=() as_root=()
  for package; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  if ! command -v apt-get >/dev/null; then
    echo "attn needs these packages (Debian names): ${missing[*]}" >&2
    return 1
  fi
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "attn needs: apt-get install ${missing[*]} (as root)" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "installing ${missing[*]}" >&2
  "${as_root[@]}" apt-get update >&2 &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends "${missing[@]}" >&2
}

# What a build needs besides Swift.
install_build_packages() {
  # macOS has libedit in its SDK.
  [[ $OSTYPE == darwin* ]] && return 0
  if [[ ! -e /usr/include/histedit.h ]] || ! command -v pkg-config >/dev/null; then
    install_packages libedit-dev pkg-config || return 1
  fi
}

require_swift() {
  command -v swift >/dev/null && return 0
  echo "attn needs Swift 6.2 or later: https://www.swift.org/install" >&2
  return 1
}
