import CMachine
import Synchronization

/// The memory of tensors. That of large ones which are gone is kept for the next ones: fresh pages
/// cost more than the arithmetic on them.
enum Blocks {
  struct Block: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    /// What was asked of the allocator: base lies in it.
    let allocation: UnsafeMutableRawPointer
    let capacity: Int

    /// - Parameter alignment: a multiple of a cache line and an AVX-512 vector.
    init(capacity: Int, alignment: Int) {
      // SAFETY: never empty; `give` releases it. base and capacity bytes behind it are inside.
      allocation = .allocate(byteCount: capacity, alignment: alignment)
      base = allocation
      self.capacity = capacity
    }

    /// An ordinary block that is too large is several times faster than an aligned one.
    init(small capacity: Int) {
      allocation = .allocate(byteCount: capacity + cacheLine, alignment: 16)
      base = allocation.alignedUp(toMultipleOf: cacheLine)
      self.capacity = capacity
    }
  }

  /// Smaller ones the allocator keeps by itself.
  private static let smallest = 1 << 20
  /// The most that is kept: some intermediate results of one expression.
  private static let most = 256 << 20

  private static let kept = Mutex<[Block]>([])

  /// At least so many bytes, aligned for cache lines and vectors.
  static func take(_ byteCount: Int) -> Block {
    if byteCount <= 4096 { return Block(small: byteCount) }
    if byteCount < smallest { return Block(capacity: byteCount, alignment: cacheLine) }
    let old = kept.withLock { blocks -> Block? in
      // The newest first: its pages may still be in the cache.
      let place = blocks.lastIndex {
        $0.capacity >= byteCount && $0.capacity <= byteCount + byteCount / 4
      }
      return place.map { blocks.remove(at: $0) }
    }
    if let old { return old }
    let block = Block(capacity: byteCount, alignment: hugePage)
    machine_advise_huge_pages(block.base, byteCount)
    return block
  }

  private static let hugePage = 2 << 20

  static func give(_ block: Block) {
    guard block.capacity >= smallest, block.capacity <= most else {
      return block.allocation.deallocate()
    }
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
    for block in gone { block.allocation.deallocate() }
  }
}

private let cacheLine = 64
