import CEdit

/// Where the program keeps its files, by the XDG Base Directory Specification, and the names of
/// files for completion.
public enum Paths {
  /// The history, in a directory that is made (0700) where it is missing; nil where that fails.
  public static var historyFile: String? { historyFile(environment: Environment.value) }

  static func historyFile(environment: (String) -> String?) -> String? {
    guard
      let directory = programDirectory("XDG_STATE_HOME", below: ".local/state", environment),
      makeDirectory(directory)
    else { return nil }
    return directory + "/history"
  }

  /// Where lectures that are not finished are remembered, made where it is missing.
  public static var lectureDirectory: String? {
    guard
      let directory = programDirectory(
        "XDG_STATE_HOME", below: ".local/state", Environment.value)
    else { return nil }
    return makeDirectory(directory + "/lectures") ? directory + "/lectures" : nil
  }

  /// What is run at each start; it need not exist.
  public static var initFile: String? { initFile(environment: Environment.value) }

  static func initFile(environment: (String) -> String?) -> String? {
    programDirectory("XDG_CONFIG_HOME", below: ".config", environment).map { $0 + "/init.attn" }
  }

  /// A path with a leading `~` written out.
  public static func expandingHome(_ path: String) -> String {
    expandingHome(path, environment: Environment.value)
  }

  static func expandingHome(_ path: String, environment: (String) -> String?) -> String {
    guard path == "~" || path.hasPrefix("~/"), let home = environment("HOME") else { return path }
    return home + path.dropFirst()
  }

  /// The paths that begin with `path`, sorted, directories with a `/` at the end; hidden ones only
  /// where the name begins with a dot.
  public static func completions(of path: String) -> [String] {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? ""
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let place = folder.isEmpty ? "." : expandingHome(folder)
    guard let directory = opendir(place) else { return [] }
    defer { closedir(directory) }
    var result: [String] = []
    // A folder with more names than that is of no use as a list.
    while result.count < 1000, let entry = readdir(directory) {
      guard let bytes = cedit_entry_name(entry), let found = String(validatingCString: bytes),
        found.hasPrefix(name), found != ".", found != "..",
        !found.hasPrefix(".") || name.hasPrefix("."),
        !found.unicodeScalars.contains(where: DisplayText.isControl), !found.contains("\"")
      else { continue }
      let isDirectory = cedit_is_directory(place + "/" + found) != 0
      result.append(folder + found + (isDirectory ? "/" : ""))
    }
    return result.sorted()
  }

  /// A path from the root, so that it means the same wherever the program is started.
  public static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
    defer { free(here) }
    return String(cString: here) + "/" + path
  }

  private static func programDirectory(
    _ variable: String, below fallback: String, _ environment: (String) -> String?
  ) -> String? {
    // The specification: a relative path is to be ignored.
    if let base = environment(variable), base.hasPrefix("/") { return base + "/attn" }
    guard let home = environment("HOME"), home.hasPrefix("/") else { return nil }
    return home + "/" + fallback + "/attn"
  }

  private static func makeDirectory(_ path: String) -> Bool {
    if cedit_is_directory(path) != 0 { return true }
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return false }
    guard makeDirectory(String(path[..<slash])) else { return false }
    return mkdir(path, 0o700) == 0 || cedit_is_directory(path) != 0
  }
}
