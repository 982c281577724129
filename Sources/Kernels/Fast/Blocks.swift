import CMachine
import Synchronization

/// The memory of large tensors. That of those which are gone is kept for the next ones: fresh pages
/// cost more than the arithmetic on them.
enum Blocks {
  struct Block: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let capacity: Int
  }

  /// Smaller ones the allocator keeps (`Memory.keepFreed`).
  static let smallest = 1 << 20
  /// Also the width of an AVX-512 vector: what tensors are aligned to.
  static let cacheLine = 64
  /// The most that is kept: some intermediate results of one expression.
  static let most = 256 << 20

  private static let kept = Mutex<[Block]>([])

  /// At least so many bytes, aligned for cache lines and vectors.
  static func take(_ byteCount: Int) -> Block {
    let old = kept.withLock { blocks -> Block? in
      // The newest first: its pages may still be in the cache.
      let place = blocks.lastIndex {
        $0.capacity >= byteCount && $0.capacity <= byteCount + byteCount / 4
      }
      return place.map { blocks.remove(at: $0) }
    }
    if let old { return old }
    // SAFETY: never empty; `give` releases it.
    let block = Block(
      base: .allocate(byteCount: byteCount, alignment: hugePage), capacity: byteCount)
    machine_advise_huge_pages(block.base, byteCount)
    return block
  }

  private static let hugePage = 2 << 20

  static func give(_ block: Block) {
    guard block.capacity <= most else { return block.base.deallocate() }
    let gone = kept.withLock { blocks -> [Block] in
      blocks.append(block)
      var total = blocks.reduce(0) { $0 + $1.capacity }
      var oldest = 0
      while total > most {
        total -= blocks[oldest].capacity
        oldest += 1
      }
      defer { blocks.removeFirst(oldest) }
      return Array(blocks.prefix(oldest))
    }
    for block in gone { block.base.deallocate() }
  }
}
