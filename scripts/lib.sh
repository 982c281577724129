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

# Builds attn in the folder $1 and notes what the build read.
build_attn() {
  local root=$1 release=$1/.build/release started=$1/.build/attn.started
  local options=(-c release --product attn)
  [[ $OSTYPE == linux* ]] && options+=(--static-swift-stdlib)
  require_swift && install_build_packages || return 1
  mkdir -p "$root/.build" && note_sources "$root" >"$started" || return 1
  swift build --package-path "$root" "${options[@]}" >&2 || return 1
  [[ $OSTYPE == linux* ]] && link_statically "$release"
  mv "$started" "$release/attn.current"
}

# Links the program in the folder $1 once more with all libraries inside: it then starts in half the
# time. Where that does not go, or gives no program that works, it stays as it was built. A copy is
# kept: of a file that was written from end to end the system holds larger pieces in memory than of
# one written in a linker's order, and starting it is a third faster.
link_statically() {
  local linked=$1/attn.static
  swiftc -static-executable -emit-executable -o "$linked" "@$1/attn.product/Objects.LinkFileList" \
    -Xlinker --gc-sections -Xlinker --defsym -Xlinker main=attn_main \
    -Xclang-linker -ledit -lbsd -lmd -ltinfo &>/dev/null &&
    [[ $("$linked" -e 2+3 2>/dev/null) == 5 ]] && cp "$linked" "$linked.copy" && mv "$linked.copy" "$1/attn"
  rm -f "$linked" "$linked.copy"
}

# One line for each source, which returns where it is newer than $stamp. A file that is added,
# removed or renamed makes its folder newer.
note_sources() {
  (cd "$1" && find Package.swift Sources) |
    sed "s/'/'\\\\''/g; s|.*|[ \"\$root/\"'&' -nt \"\$stamp\" ] \&\& return 1|"
  echo "return 0"
}
