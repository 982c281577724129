import Foundation

enum FileNames {
  static func scripts(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".attn") }
      .sorted().map { folder + "/" + $0 }
  }
}
