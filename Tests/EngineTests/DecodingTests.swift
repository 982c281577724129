import Kernels
import Testing

@testable import Engine

/// What a cache must keep while tokens are appended to any of its versions.
@Suite struct DecodingTests {
  @Test(arguments: ["", " bias=alibi(2)", " tau=2 softcap=1 scale=0.3"])
  func fiftyStepsAreCausalAttention(_ options: String) throws {
    let lines = Bench().run(
      """
      seed 1; Q = randn 2 50 6; K = randn 2 50 6; V = randn 2 50 3;
      c = kvcache(); rows = 0; kept = kvcache();
      for t in 0:50 {
        o, c = decode Q[:, t:t+1] K[:, t:t+1] V[:, t:t+1] c\(options);
        if t == 10 { kept = c; }
        if t == 0 { rows = o; } else { rows = concat(rows, o, axis=1); }
      };
      close rows (attn Q K V causal\(options)) tol=1e-12
      o, d = decode Q[:, 11:12] K[:, 11:12] V[:, 11:12] kept\(options);
      close o (attn Q K V causal\(options))[:, 11:12] tol=1e-12
      print kept.length d.length c.length
      """)
    #expect(lines == ["1", "1", "11 12 50"])
  }

  @Test func aChunkOfTokensIsTheSameAsOneByOne() throws {
    let lines = Bench().run(
      """
      seed 2; Q = randn 9 4; K = randn 9 4; V = randn 9 3;
      a, c = decode Q[:5] K[:5] V[:5] kvcache();
      b, c = decode Q[5:] K[5:] V[5:] c;
      close [a; b] (attn Q K V causal) tol=1e-12
      """)
    #expect(lines == ["1"])
  }

  @Test func versionsThatForkDoNotSeeEachOther() throws {
    let (k, v) = (try Tensor([1.0, 2], shape: [1, 2]), try Tensor([3.0], shape: [1, 1]))
    let base = try KVCache().appending(k, v)
    let left = try base.appending(try Tensor([5.0, 6], shape: [1, 2]), v)
    let right = try base.appending(try Tensor([7.0, 8], shape: [1, 2]), v)
    #expect(try base.keys()?.doubles == [1, 2])
    #expect(try left.keys()?.doubles == [1, 2, 5, 6])
    #expect(try right.keys()?.doubles == [1, 2, 7, 8])
  }

  /// Counted, not timed: the bytes alive after many appends are those of one buffer, although every
  /// version is kept.
  @Test func twentyThousandAppendsShareOneBuffer() throws {
    let row = try Tensor(repeating: 1.0, shape: [1, 4])
    var versions = [KVCache()]
    var appended = KVCache()
    for _ in 0..<20_000 {
      appended = try appended.appending(row, row)
      versions.append(appended)
    }
    #expect(versions[123].length == 123)
    // Buffers of 16, 34, 70 … rows, each twice the one before: all together twice the last.
    let distinct = Set(versions.map(\.buffer))
    #expect(distinct.count <= 14)
  }
}
