#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reading and writing whole files; the only thing of Files that depends on the operating system.
public enum FileAccess {
  public static func read(_ path: String) throws(FileFault) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw FileFault("\(path) can not be read: \(reason())") }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      throw FileFault("\(path) is a directory")
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { Self.read(file, $0) }
      guard count >= 0 else { throw FileFault("\(path) can not be read: \(reason())") }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  // SAFETY: the buffer outlives the call; read(2) writes at most its length.
  private static func read(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(file, buffer.baseAddress, buffer.count)
      #elseif canImport(Musl)
        let count = Musl.read(file, buffer.baseAddress, buffer.count)
      #else
        let count = Darwin.read(file, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 || errno != EINTR { return count }
    }
  }

  /// Writes a temporary file beside the target and renames it: the target is whole, old or new.
  /// An existing file is refused unless `force`.
  public static func write(_ bytes: [UInt8], to path: String, force: Bool) throws(FileFault) {
    if !force, access(path, F_OK) == 0 {
      throw FileFault("\(path) exists already; force=1 replaces it")
    }
    let temporary = "\(path).\(getpid()).part"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw FileFault("\(path) can not be written: \(reason())") }
    var problem: String?
    var written = 0
    while written < bytes.count, problem == nil {
      let count = bytes.withUnsafeBytes { buffer in
        #if canImport(Glibc)
          Glibc.write(file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        #elseif canImport(Musl)
          Musl.write(file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        #else
          Darwin.write(file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        #endif
      }
      if count >= 0 { written += count } else if errno != EINTR { problem = reason() }
    }
    if problem == nil, fsync(file) != 0, errno != EINVAL { problem = reason() }
    close(file)
    if problem == nil {
      // link(2) fails where the target has come into being meanwhile; rename would replace it.
      let isDone = force ? rename(temporary, path) == 0 : link(temporary, path) == 0
      if !isDone { problem = reason() }
      if !force { unlink(temporary) }
    }
    if let problem {
      unlink(temporary)
      throw FileFault("\(path) can not be written: \(problem)")
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
