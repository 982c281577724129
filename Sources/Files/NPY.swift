import Kernels

/// NumPy's array format, versions 1.0 to 3.0.
///
/// Reads f4 f8 i1–i8 u1–u8 b1 in both byte orders, C and Fortran order; integers become f64, and one
/// that f64 would change is an error. Every length is checked against the file. Source:
/// numpy.lib.format.
public enum NPY {
  /// As NumPy's.
  public static let maximumRank = 64

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  // MARK: - Reading

  /// - Throws: `FileFault`, and `KernelError` for want of memory or when cancelled.
  public static func decode(_ bytes: [UInt8], name: String) throws -> Tensor {
    let (header, start) = try header(of: bytes, name)
    let element = try ElementCode(header.descriptor, name)
    guard let count = try? Tensor.checkedCount(header.shape, .f64) else {
      throw FileFault("\(name) claims more elements than can be counted")
    }
    guard bytes.count - start == count * element.size else {
      throw FileFault(
        "\(name) holds \(bytes.count - start) bytes of data where its header says \(count * element.size)"
      )
    }
    let flat = try element.tensor(bytes, from: start, count: count, name)
    guard header.isFortran, header.shape.count > 1 else { return flat.reshaped(header.shape) }
    let reversed = flat.reshaped(header.shape.reversed())
    return try reversed.permuted(Array((0..<header.shape.count).reversed()))
  }

  private struct Header {
    var descriptor: String
    var isFortran: Bool
    var shape: [Int]
  }

  private static func header(of bytes: [UInt8], _ name: String) throws(FileFault) -> (Header, Int) {
    guard bytes.count >= 10, Array(bytes[..<6]) == magic else {
      throw FileFault("\(name) is not a .npy file")
    }
    let isWide = bytes[6] >= 2
    guard (1...3).contains(bytes[6]), bytes.count >= (isWide ? 12 : 10) else {
      throw FileFault("\(name) has an unknown .npy version")
    }
    let lengthBytes = bytes[8..<(isWide ? 12 : 10)]
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    let begin = lengthBytes.endIndex
    guard length <= bytes.count - begin else { throw FileFault("\(name) ends inside its header") }
    let text = String(decoding: bytes[begin..<begin + length], as: UTF8.self)
    var reader = HeaderReader(text)
    guard let header = reader.read() else {
      throw FileFault("\(name) has a header that can not be read")
    }
    return (
      Header(descriptor: header.descr, isFortran: header.fortran, shape: header.shape),
      begin + length
    )
  }

  // MARK: - Writing

  /// Version 1.0, C order, in the tensor's own dtype: byte for byte what NumPy writes.
  ///
  /// - Precondition: the rank is at most `maximumRank`, which keeps the header short.
  /// - Throws: `KernelError.cancelled`
  public static func encode(_ tensor: Tensor) throws -> [UInt8] {
    var bytes = magic + header(of: tensor)
    bytes.reserveCapacity(bytes.count + tensor.byteCount)
    switch tensor.dtype {
    case .f64: try add(tensor, to: &bytes) { (x: Double) in x.bitPattern.littleEndian }
    case .f32: try add(tensor, to: &bytes) { (x: Float) in x.bitPattern.littleEndian }
    case .bool: try add(tensor, to: &bytes) { (x: Bool) in UInt8(x ? 1 : 0) }
    }
    return bytes
  }

  private static func add<E: Element, Word: BitwiseCopyable>(
    _ tensor: Tensor, to bytes: inout [UInt8], _ word: (E) -> Word
  ) throws {
    try tensor.withElements(of: E.self) { x in
      var block: [Word] = []
      for first in stride(from: 0, to: x.count, by: 1 << 16) {
        try Cancellation.check()
        block.removeAll(keepingCapacity: true)
        for x in x[first..<min(first + 1 << 16, x.count)] { block.append(word(x)) }
        block.withUnsafeBytes { bytes += $0 }
      }
    }
  }

  /// What stands between the magic bytes and the data.
  private static func header(of tensor: Tensor) -> [UInt8] {
    let code =
      switch tensor.dtype {
      case .f64: "<f8"
      case .f32: "<f4"
      case .bool: "|b1"
      }
    let lengths = tensor.shape.map(String.init).joined(separator: ", ")
    let shape = tensor.rank == 1 ? "(\(lengths),)" : "(\(lengths))"
    var text = "{'descr': '\(code)', 'fortran_order': False, 'shape': \(shape), }"
    // Room for the first length to grow, and the data begin at a multiple of 64.
    if let first = tensor.shape.first {
      text += String(repeating: " ", count: max(21 - String(first).count, 0))
    }
    let padding = String(repeating: " ", count: 64 - (11 + text.utf8.count) % 64) + "\n"
    var bytes: [UInt8] = [1, 0]
    append(UInt16(text.utf8.count + padding.utf8.count), to: &bytes)
    return bytes + Array(text.utf8) + Array(padding.utf8)
  }

  private static func append(_ word: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
  }
}

/// `<f8`, `|b1`, `>i4`: how one element is stored.
private struct ElementCode {
  private enum Kind: String { case f4, f8, i1, i2, i4, i8, u1, u2, u4, u8, b1 }

  let size: Int
  private let kind: Kind
  private let isBigEndian: Bool

  init(_ text: String, _ name: String) throws(FileFault) {
    guard let order = text.first, "<>|=".contains(order),
      let kind = Kind(rawValue: String(text.dropFirst())), let size = text.last?.wholeNumberValue
    else {
      throw FileFault(
        "\(name) holds elements of an unknown kind; known are f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1")
    }
    (self.kind, self.size, isBigEndian) = (kind, size, order == ">")
  }

  /// - Precondition: the bytes are there.
  func tensor(_ bytes: [UInt8], from start: Int, count: Int, _ name: String) throws -> Tensor {
    let data = bytes[start...]
    switch kind {
    case .b1: return try elements(data, count) { (x: UInt8) in x != 0 }
    case .f4: return try elements(data, count) { (x: UInt32) in Float(bitPattern: x) }
    case .f8: return try elements(data, count) { (x: UInt64) in Double(bitPattern: x) }
    case .i1: return try elements(data, count) { (x: Int8) in Double(x) }
    case .i2: return try elements(data, count) { (x: Int16) in Double(x) }
    case .i4: return try elements(data, count) { (x: Int32) in Double(x) }
    case .u1: return try elements(data, count) { (x: UInt8) in Double(x) }
    case .u2: return try elements(data, count) { (x: UInt16) in Double(x) }
    case .u4: return try elements(data, count) { (x: UInt32) in Double(x) }
    case .i8: return try elements(data, count) { (x: Int64) in try exact(x, name) }
    case .u8: return try elements(data, count) { (x: UInt64) in try exact(x, name) }
    }
  }

  @inline(__always)
  private func elements<Word: FixedWidthInteger & BitwiseCopyable, E: Element>(
    _ data: ArraySlice<UInt8>, _ count: Int, _ value: (Word) throws -> E
  ) throws -> Tensor {
    try Tensor(shape: [count], of: E.self) { y in
      // SAFETY: the data hold `count` words; loadUnaligned checks each place against their end.
      try data.withUnsafeBytes { bytes in
        for i in 0..<count {
          if i & 0xFFFF == 0 { try Cancellation.check() }
          let word = bytes.loadUnaligned(fromByteOffset: i * size, as: Word.self)
          y[i] = try value(isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word))
        }
      }
    }
  }

  /// Identifiers and hashes would change silently.
  @inline(__always)
  private func exact<Word: FixedWidthInteger>(_ word: Word, _ name: String) throws -> Double {
    let value = Double(word)
    guard Word(exactly: value) == word else {
      throw FileFault("\(name) holds \(word), which f64 can hold only rounded")
    }
    return value
  }
}

/// Reads the Python literal `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`.
private struct HeaderReader {
  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  mutating func read() -> (descr: String, fortran: Bool, shape: [Int])? {
    guard take("{") else { return nil }
    var (descr, fortran, shape): (String?, Bool?, [Int]?)
    while !take("}") {
      guard let key = string(), take(":") else { return nil }
      switch key {
      case "descr": descr = string() ?? fields()
      case "fortran_order":
        if take("True") { fortran = true } else if take("False") { fortran = false }
      case "shape": shape = tuple()
      default: return nil
      }
      if !take(",") {
        guard take("}") else { return nil }
        break
      }
    }
    guard let descr, let fortran, let shape else { return nil }
    return (descr, fortran, shape)
  }

  private mutating func take(_ text: String) -> Bool {
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    guard rest.hasPrefix(text) else { return false }
    rest = rest.dropFirst(text.count)
    return true
  }

  private mutating func string() -> String? {
    guard take("'") || take("\"") else { return nil }
    guard let end = rest.firstIndex(where: { $0 == "'" || $0 == "\"" }) else { return nil }
    defer { rest = rest[rest.index(after: end)...] }
    return String(rest[..<end])
  }

  /// The list that describes records: no known kind of element, but a header that can be read.
  private mutating func fields() -> String? {
    guard take("["), let end = rest.lastIndex(of: "]") else { return nil }
    defer { rest = rest[rest.index(after: end)...] }
    return String(rest[..<end])
  }

  private mutating func tuple() -> [Int]? {
    guard take("(") else { return nil }
    var lengths: [Int] = []
    while !take(")") {
      _ = take(" ")
      let digits = rest.prefix { $0.isNumber }
      guard let length = Int(digits), lengths.count < NPY.maximumRank else { return nil }
      rest = rest.dropFirst(digits.count)
      lengths.append(length)
      if !take(",") {
        guard take(")") else { return nil }
        break
      }
    }
    return lengths
  }
}
