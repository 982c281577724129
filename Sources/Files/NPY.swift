import Kernels

/// NumPy's array format, versions 1.0 to 3.0.
///
/// Reads f4 f8 i1–i8 u1–u8 b1 in both byte orders, C and Fortran order; integers become f64. Every
/// length is checked against the file. Source: numpy.lib.format.
public enum NPY {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  // MARK: - Reading

  public static func decode(_ bytes: [UInt8], name: String) throws(FileFault) -> Tensor {
    let (header, start) = try header(of: bytes, name)
    let element = try ElementCode(header.descriptor, name)
    var count = 1
    for length in header.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow else { throw FileFault("\(name) claims more elements than can be counted") }
      count = product
    }
    let (size, overflow) = count.multipliedReportingOverflow(by: element.size)
    guard !overflow, bytes.count - start == size else {
      throw FileFault(
        "\(name) holds \(bytes.count - start) bytes of data where its header says \(overflow ? "more" : "\(size)")"
      )
    }
    do {
      let flat = try element.tensor(bytes, from: start, count: count)
      guard header.isFortran, header.shape.count > 1 else { return flat.reshaped(header.shape) }
      let reversed = flat.reshaped(header.shape.reversed())
      return try reversed.permuted(Array((0..<header.shape.count).reversed()))
    } catch {
      throw FileFault("\(name) needs more memory than the limit")
    }
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

  /// Version 1.0, C order, in the tensor's own dtype.
  public static func encode(_ tensor: Tensor) -> [UInt8] {
    let code =
      switch tensor.dtype {
      case .f64: "<f8"
      case .f32: "<f4"
      case .bool: "|b1"
      }
    let lengths = tensor.shape.map(String.init).joined(separator: ", ")
    let shape = tensor.rank == 1 ? "(\(lengths),)" : "(\(lengths))"
    var header = "{'descr': '\(code)', 'fortran_order': False, 'shape': \(shape), }"
    // The data begin at a multiple of 64, as NumPy writes them.
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    let length = header.utf8.count
    var bytes = magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(header.utf8)
    switch tensor.dtype {
    case .f64:
      tensor.withElements(of: Double.self) { for x in $0 { append(x.bitPattern, to: &bytes) } }
    case .f32:
      tensor.withElements(of: Float.self) { for x in $0 { append(x.bitPattern, to: &bytes) } }
    case .bool: tensor.withElements(of: Bool.self) { for x in $0 { bytes.append(x ? 1 : 0) } }
    }
    return bytes
  }

  private static func append(_ word: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
  }
}

/// `<f8`, `|b1`, `>i4`: how one element is stored.
private struct ElementCode {
  let kind: Character
  let size: Int
  let isBigEndian: Bool

  init(_ text: String, _ name: String) throws(FileFault) {
    let characters = Array(text)
    guard characters.count == 3, "<>|=".contains(characters[0]),
      let size = characters[2].wholeNumberValue,
      ["f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"].contains(
        String(characters[1...]))
    else {
      throw FileFault(
        "\(name) holds elements of an unknown kind; known are f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1")
    }
    (kind, self.size, isBigEndian) = (characters[1], size, characters[0] == ">")
  }

  /// - Precondition: the bytes are there.
  func tensor(_ bytes: [UInt8], from start: Int, count: Int) throws -> Tensor {
    switch (kind, size) {
    case ("b", _):
      return try Tensor(shape: [count], of: Bool.self) { y in
        for i in 0..<count { y[i] = bytes[start + i] != 0 }
      }
    case ("f", 4):
      return try Tensor(shape: [count], of: Float.self) { y in
        for i in 0..<count { y[i] = Float(bitPattern: UInt32(word(bytes, start + 4 * i))) }
      }
    default:
      return try Tensor(shape: [count], of: Double.self) { y in
        for i in 0..<count { y[i] = value(word(bytes, start + size * i)) }
      }
    }
  }

  private func word(_ bytes: [UInt8], _ place: Int) -> UInt64 {
    var word: UInt64 = 0
    for i in 0..<size {
      word = word << 8 | UInt64(bytes[place + (isBigEndian ? i : size - 1 - i)])
    }
    return word
  }

  private func value(_ word: UInt64) -> Double {
    switch (kind, size) {
    case ("f", _): Double(bitPattern: word)
    case ("u", _): Double(word)
    case (_, 1): Double(Int8(truncatingIfNeeded: word))
    case (_, 2): Double(Int16(truncatingIfNeeded: word))
    case (_, 4): Double(Int32(truncatingIfNeeded: word))
    default: Double(Int64(bitPattern: word))
    }
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
      case "descr": descr = string()
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

  private mutating func tuple() -> [Int]? {
    guard take("(") else { return nil }
    var lengths: [Int] = []
    while !take(")") {
      _ = take(" ")
      let digits = rest.prefix { $0.isNumber }
      guard let length = Int(digits), lengths.count < 64 else { return nil }
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
