import Foundation
import Testing

@testable import Files

@Suite struct FileAccessTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  @Test func readsWhatWasWritten() throws {
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try FileAccess.write(bytes, to: folder.file("a"), force: false)
    #expect(try FileAccess.read(folder.file("a")) == bytes)
    #expect(folder.names == ["a"])
  }

  @Test func anEmptyFile() throws {
    try FileAccess.write([], to: folder.file("a"), force: false)
    #expect(try FileAccess.read(folder.file("a")) == [])
  }

  @Test func refusesToOverwrite() throws {
    let path = folder.file("a")
    try FileAccess.write([1], to: path, force: false)
    #expect(throws: FileFault("\(path) exists already; force=1 replaces it")) {
      try FileAccess.write([2], to: path, force: false)
    }
    #expect(try FileAccess.read(path) == [1])
    #expect(folder.names == ["a"])
  }

  @Test func replacesByForce() throws {
    let path = folder.file("a")
    try FileAccess.write([1, 2, 3], to: path, force: false)
    try FileAccess.write([4], to: path, force: true)
    #expect(try FileAccess.read(path) == [4])
    try FileAccess.write([5], to: folder.file("b"), force: true)
    #expect(folder.names == ["a", "b"])
  }

  /// A reader that has the old file open keeps all of it: the new one is another file.
  @Test func theTargetIsWholeOldOrNew() throws {
    let path = folder.file("a")
    try FileAccess.write([1, 2, 3], to: path, force: false)
    let reader = try #require(FileHandle(forReadingAtPath: path))
    try FileAccess.write([9, 9, 9, 9], to: path, force: true)
    #expect(try reader.readToEnd().map { [UInt8]($0) } == [1, 2, 3])
    #expect(try FileAccess.read(path) == [9, 9, 9, 9])
  }

  @Test func aLinkThatLeadsNowhereIsNoFreeName() throws {
    let path = folder.file("link")
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: folder.file("nowhere"))
    #expect(throws: FileFault.self) { try FileAccess.write([1], to: path, force: false) }
    #expect(folder.names == ["link"])
  }

  @Test func aFailureLeavesNothingBehind() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("d"), withIntermediateDirectories: false)
    #expect(throws: FileFault.self) {
      try FileAccess.write([1], to: folder.file("d"), force: true)
    }
    #expect(throws: FileFault.self) {
      try FileAccess.write([1], to: folder.file("none/a"), force: false)
    }
    #expect(folder.names == ["d"])
  }

  @Test func whatCanNotBeRead() {
    let (path, directory) = (folder.file("none"), folder.path)
    #expect(throws: FileFault("\(path) can not be read: No such file or directory")) {
      try FileAccess.read(path)
    }
    #expect(throws: FileFault("\(directory) is a directory")) { try FileAccess.read(directory) }
    #expect(throws: FileFault("/dev/zero is not a regular file")) {
      try FileAccess.readRegular("/dev/zero")
    }
  }

  /// The C library would end the name there and take another file.
  @Test func aNameWithAZeroByte() {
    let path = folder.file("a\0b")
    #expect(throws: FileFault("a file name can not hold a zero byte")) {
      try FileAccess.write([1], to: path, force: true)
    }
    #expect(throws: FileFault("a file name can not hold a zero byte")) {
      try FileAccess.read(path)
    }
    #expect(folder.names == [])
  }
}
