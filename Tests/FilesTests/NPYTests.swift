import Kernels
import Testing

@testable import Files

/// `.npy` files against those that NumPy wrote.
@Suite struct NPYTests {
  @Test func thereAreFiles() {
    #expect(NumPyFiles.names("read").count > 50)
    #expect(NumPyFiles.names("refused").count > 5)
    #expect(NumPyFiles.names("read") == NumPyFiles.names("written"))
  }

  /// What is read and written again is byte for byte what NumPy writes for the same array.
  @Test(arguments: NumPyFiles.names("read"))
  func readsAndWritesAsNumPy(_ name: String) throws {
    let tensor = try NPY.decode(NumPyFiles.bytes("read", name), name: name)
    #expect(try NPY.encode(tensor) == NumPyFiles.bytes("written", name))
  }

  @Test func keepsShapeAndOrder() throws {
    for name in ["i2-little.npy", "i2-big.npy", "i2-fortran.npy"] {
      let tensor = try NPY.decode(NumPyFiles.bytes("read", name), name: name)
      #expect(tensor.shape == [2, 3])
      #expect(tensor.dtype == .f64)
      #expect(tensor.doubles == [1, 4, 7, 10, 13, 16])
    }
  }

  @Test(arguments: NumPyFiles.names("refused"))
  func refusesWhatIsNoArrayOfNumbers(_ name: String) throws {
    let bytes = try NumPyFiles.bytes("refused", name)
    #expect {
      try NPY.decode(bytes, name: name)
    } throws: { error in
      (error as? FileFault)?.message.hasPrefix("\(name) holds elements of an unknown kind") == true
    }
  }

  @Test(arguments: ["i8.npy": "-9007199254740993", "u8.npy": "18446744073709551615"])
  func refusesWholeNumbersThatWouldChange(_ name: String, number: String) throws {
    let bytes = try NumPyFiles.bytes("inexact", name)
    #expect(throws: FileFault("\(name) holds \(number), which f64 can hold only rounded")) {
      try NPY.decode(bytes, name: name)
    }
  }

  // MARK: - Damaged files

  struct Damaged: CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let message: String

    init(_ name: String, _ bytes: [UInt8], _ message: String) {
      (testDescription, self.bytes, self.message) = (name, bytes, message)
    }

    /// A file with a header and 16 bytes of data.
    init(_ name: String, header: String, _ message: String) {
      self.init(name, Self.file(header), message)
    }

    /// A file with a proper header for a shape.
    init(_ name: String, shape: String, fortran: String = "False", _ message: String) {
      let header = "{'descr': '<f8', 'fortran_order': \(fortran), 'shape': \(shape), }\n"
      self.init(name, header: header, message)
    }

    static func file(_ header: String) -> [UInt8] {
      let length = header.utf8.count
      return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
        + Array(header.utf8) + Array(repeating: 0, count: 16)
    }
  }

  private static let unreadable = "x.npy has a header that can not be read"
  private static let uncountable = "x.npy claims more elements than can be counted"

  static let damaged: [Damaged] = [
    Damaged("nothing", [], "x.npy is not a .npy file"),
    Damaged("a text", Array("hello, hello".utf8), "x.npy is not a .npy file"),
    Damaged("a zip file", Array("PK\u{3}\u{4}aaaaaaaaaa".utf8), "x.npy is not a .npy file"),
    Damaged(
      "only the magic word", Array(Damaged.file("").prefix(9)), "x.npy is not a .npy file"),
    Damaged(
      "version 0", [0x93] + Array("NUMPY".utf8) + [0, 0, 0, 0, 0, 0],
      "x.npy has an unknown .npy version"),
    Damaged(
      "version 4", [0x93] + Array("NUMPY".utf8) + [4, 0, 0, 0, 0, 0],
      "x.npy has an unknown .npy version"),
    Damaged(
      "half a length", [0x93] + Array("NUMPY".utf8) + [2, 0, 0, 0],
      "x.npy has an unknown .npy version"),
    Damaged(
      "a header longer than the file", [0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255],
      "x.npy ends inside its header"),
    Damaged("no header", header: "", unreadable),
    Damaged("no dictionary", header: "[1, 2]\n", unreadable),
    Damaged("a dictionary left open", header: "{'descr': '<f8', 'fortran_order': ", unreadable),
    Damaged("a key alone", header: "{'descr'}", unreadable),
    Damaged("a string left open", header: "{'descr': '<f8", unreadable),
    Damaged("no shape", header: "{'descr': '<f8', 'fortran_order': False}", unreadable),
    Damaged(
      "an unknown key", header: "{'descr': '<f8', 'order': False, 'shape': (2,)}", unreadable),
    Damaged("zeros", header: String(repeating: "\0", count: 60), unreadable),
    Damaged("no order", shape: "(2,)", fortran: "Maybe", unreadable),
    Damaged("a negative length", shape: "(-2,)", unreadable),
    Damaged("half a length in the shape", shape: "(2.5,)", unreadable),
    Damaged("a length that is no number", shape: "(n,)", unreadable),
    Damaged("a shape left open", shape: "(2, ", unreadable),
    Damaged("a length beyond Int", shape: "(99999999999999999999,)", unreadable),
    Damaged(
      "more axes than NumPy has", shape: "(\(String(repeating: "1, ", count: 65)))", unreadable),
    Damaged("too long", shape: "(3,)", "x.npy holds 16 bytes of data where its header says 24"),
    Damaged("too short", shape: "(1,)", "x.npy holds 16 bytes of data where its header says 8"),
    Damaged(
      "nothing but data", shape: "(0,)", "x.npy holds 16 bytes of data where its header says 0"),
    Damaged("huge", shape: "(4611686018427387904, 4)", uncountable),
    Damaged("huge, two's complement", shape: "(4294967296, 4294967296)", uncountable),
    Damaged("huge and empty", shape: "(0, 4611686018427387904, 4)", uncountable),
    Damaged("empty and huge", shape: "(4611686018427387904, 4, 0)", uncountable),
    Damaged(
      "huge and empty, Fortran", shape: "(0, 4611686018427387904, 4)", fortran: "True",
      uncountable),
    Damaged(
      "large", shape: "(1099511627776,)",
      "x.npy holds 16 bytes of data where its header says 8796093022208"),
  ]

  @Test(arguments: damaged)
  func damagedIsRefused(_ item: Damaged) {
    #expect(throws: FileFault(item.message)) { try NPY.decode(item.bytes, name: "x.npy") }
  }

  /// Whatever stands in a file: an array or a fault, never a trap.
  @Test(arguments: ["f4-special.npy", "shape-2x1x3x2-fortran.npy", "version-2.npy"])
  func cutAnywhere(_ name: String) throws {
    let bytes = try NumPyFiles.bytes("read", name)
    for count in 0..<bytes.count {
      #expect(throws: FileFault.self) { try NPY.decode(Array(bytes[..<count]), name: name) }
    }
    #expect(throws: FileFault.self) { try NPY.decode(bytes + [0], name: name) }
  }

  @Test(arguments: ["i4-big.npy", "shape-2x3x2-fortran.npy", "version-3.npy"])
  func changedAnywhere(_ name: String) throws {
    let original = try NumPyFiles.bytes("read", name)
    var random = RandomState(seed: 1)
    for _ in 0..<2000 {
      var bytes = original
      for _ in 0...random.interval(2) {
        // Mostly in the header, and mostly characters that mean something there.
        let place = Int(random.interval(UInt64(bytes.count - 1)))
        let meaningful = Array("(),{}':0123456789<>|fiub \n".utf8)
        bytes[place] =
          random.interval(3) == 0
          ? UInt8(random.interval(255))
          : meaningful[Int(random.interval(UInt64(meaningful.count - 1)))]
      }
      _ = try? NPY.decode(bytes, name: name)
    }
  }
}
