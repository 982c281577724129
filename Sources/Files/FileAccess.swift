#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Kernels

/// Reading and writing whole files; the only thing of Files that depends on the operating system.
public enum FileAccess {
  // MARK: - Reading

  /// A script: all of a file or a pipe.
  public static func read(_ path: String) throws(FileFault) -> [UInt8] {
    do {
      return try contents(of: path, flags: 0) { _ in }
    } catch let fault as FileFault {
      throw fault
    } catch {
      throw FileFault("\(path) was not read to its end")
    }
  }

  /// Data: all of a regular file. A pipe or a device, which may have no end, is refused, and so is
  /// a file that memory would not hold.
  public static func readRegular(_ path: String) throws -> [UInt8] {
    // A pipe without a writer would keep open(2) waiting.
    try contents(of: path, flags: O_NONBLOCK) { status in
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw FileFault("\(path) is not a regular file")
      }
      guard status.st_size <= Memory.limit - Memory.inUse else {
        throw KernelError.memory(needed: Int(status.st_size), limit: Memory.limit)
      }
    }
  }

  private static func contents(
    of path: String, flags: Int32, check: (stat) throws -> Void
  ) throws -> [UInt8] {
    try checkName(path)
    let file = open(path, O_RDONLY | O_CLOEXEC | flags)
    guard file >= 0 else { throw FileFault("\(path) can not be read: \(reason())") }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      throw FileFault("\(path) is a directory")
    }
    try check(status)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(max(Int(status.st_size), 0))
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      try Cancellation.check()
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

  /// C would take a name up to its first zero byte for the whole.
  static func checkName(_ path: String) throws(FileFault) {
    guard !path.isEmpty else { throw FileFault("a file needs a name") }
    guard !path.utf8.contains(0) else { throw FileFault("a file name can not hold a zero byte") }
  }

  // MARK: - Writing

  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  public static func remove(_ path: String) { unlink(path) }

  /// Writes a temporary file beside the target and renames it: the target is whole, old or new.
  /// An existing file is refused unless `force`.
  public static func write(_ bytes: [UInt8], to path: String, force: Bool) throws(FileFault) {
    do {
      try write(bytes, to: path, force: force, beforeEachPart: {})
    } catch let fault as FileFault {
      throw fault
    } catch {
      throw FileFault("\(path) was not written to its end")
    }
  }

  /// The same, for data that may be many.
  ///
  /// - Throws: `KernelError.cancelled`, `FileFault`
  public static func writeData(_ bytes: [UInt8], to path: String, force: Bool) throws {
    try write(bytes, to: path, force: force) { try Cancellation.check() }
  }

  /// Bytes that reach the disk within a blink.
  private static let part = 8 << 20

  private static func write(
    _ bytes: [UInt8], to path: String, force: Bool, beforeEachPart check: () throws -> Void
  ) throws {
    try checkName(path)
    if !force, exists(path) { throw existsAlready(path) }
    let temporary = "\(path).\(getpid()).part"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw FileFault("\(path) can not be written: \(reason())") }
    defer { unlink(temporary) }
    var problem: String?
    do {
      defer { close(file) }
      for first in stride(from: 0, to: max(bytes.count, 1), by: part) where problem == nil {
        try check()
        problem = write(bytes[first..<min(first + part, bytes.count)], file)
        if problem == nil, fsync(file) != 0, errno != EINVAL { problem = reason() }
      }
    }
    if let problem { throw FileFault("\(path) can not be written: \(problem)") }
    try move(temporary, to: path, force: force)
  }

  /// The reason why not all was written.
  static func write(_ bytes: ArraySlice<UInt8>, _ file: Int32) -> String? {
    var written = 0
    while written < bytes.count {
      // SAFETY: write(2) reads at most what is left of the buffer, which outlives the call.
      let count = bytes.withUnsafeBytes { buffer in
        #if canImport(Glibc)
          Glibc.write(file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        #elseif canImport(Musl)
          Musl.write(file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        #else
          Darwin.write(file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        #endif
      }
      if count >= 0 { written += count } else if errno != EINTR { return reason() }
    }
    return nil
  }

  private static func move(_ temporary: String, to path: String, force: Bool) throws(FileFault) {
    // link(2) fails where the target has come into being meanwhile; rename would replace it.
    if !force {
      if link(temporary, path) == 0 { return }
      if errno == EEXIST || access(path, F_OK) == 0 { throw existsAlready(path) }
      // Some file systems have no links: there the look just taken has to do.
    }
    guard rename(temporary, path) == 0 else {
      throw FileFault("\(path) can not be written: \(reason())")
    }
  }

  private static func existsAlready(_ path: String) -> FileFault {
    FileFault("\(path) exists already; force=1 replaces it")
  }

  static func reason() -> String { String(cString: strerror(errno)) }
}
