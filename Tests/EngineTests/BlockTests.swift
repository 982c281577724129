import Testing

/// What the generated tests can not see of blocks, experts and positions.
@Suite struct BlockTests {
  /// Scripts that end in 1 where a property holds.
  static let properties: [(name: String, code: String)] = [
    (
      "padding belongs to the sequence, whatever heads there are",
      """
      seed 1; Q = randn 2 8 5 3; K = randn 2 8 5 3; V = randn 2 8 5 2;
      out = attn Q K V (padding 2 4);
      close out[0] (attn Q[0] K[0, :, :2] V[0, :, :2]) * close out[1] (attn Q[1] K[1, :, :4] V[1, :, :4])
      """
    ),
    (
      "a padded batch gives what each sequence gives alone, also in a block",
      """
      seed 1; X = randn 2 5 8; p = init_block 8 4;
      Y = encoder_block X p (causal * padding(3, 5)) heads=4 norm=pre act=silu;
      close Y[0, :3] (encoder_block X[0, :3] p causal heads=4 norm=pre act=silu) tol=1e-12
      """
    ),
    (
      "a scored pair of turned vectors knows only the distance",
      """
      seed 1; q = randn 1 6; k = randn 1 6; score = p -> rope(q, positions=p, dims=4, layout="half") @ rope(k, positions=p - 7, dims=4, layout="half")';
      all (abs(score 0 - score 4096) < 1e-11)
      """
    ),
    (
      "a cache that begins later is turned as the whole",
      """
      seed 1; X = randn 9 4;
      close (rope X)[6:] (rope X[6:] offset=6)
      """
    ),
    (
      "tables by position are the angles of the same positions",
      """
      seed 1; X = randn 2 3 4; a = outer (range 20) (10000^(-2 * range 2 / 4)); p = [4 0 17];
      close (rope X positions=p) (rope X cos=cos(a) sin=sin(a) positions=p)
      """
    ),
    (
      "single precision keeps its angles at large positions",
      """
      seed 1; X = randn 2 8;
      all (abs(rope(X, offset=1e6) - rope(f32(X), offset=1e6)) < 1e-6)
      """
    ),
    (
      "all experts together are their weighted sum",
      """
      seed 1; X = randn 2 5 3; W = randn 3 4; experts = randn 4 3 2;
      close (moe X W experts k=4) (einsum "bne,bnd,edf->bnf" (softmax (X @ W)) X experts)
      """
    ),
    (
      "sequences do not share the places of an expert",
      """
      seed 1; X = randn 2 5 3; W = randn 3 2;
      w, _ = route X W k=1 capacity=0.5; v, _ = route X[1] W k=1 capacity=0.5;
      all (w[1] == v)
      """
    ),
  ]

  @Test(arguments: properties.indices)
  func holds(_ index: Int) {
    let (name, code) = Self.properties[index]
    #expect(Bench().run(code).last == "1", "\(name)")
  }

  /// Whole messages.
  static let errors: [(code: String, message: String)] = [
    (
      "embed (ones 5 3) [0 7]",
      """
      error: there is no token 7
      1 │ embed (ones 5 3) [0 7]
        │                  ^^^^^    [0 7] vector 2   W has rows 0 to 4
      """
    ),
    (
      "attn (ones 3 2 4) (ones 3 2 4) (ones 3 2 4) (padding 1 2)",
      """
      error: the mask has lengths for 2 sequences, the scores have not
      1 │ attn (ones 3 2 4) (ones 3 2 4) (ones 3 2 4) (padding 1 2)
        │                                             ^^^^^^^^^^^^^
        │   leading axes 3: the first is the batch
      """
    ),
    (
      "decoder_block (ones 3 4) (ones 2 4) init_block(4)",
      """
      error: the record has no 'self'
      1 │ decoder_block (ones 3 4) (ones 2 4) init_block(4)
        │                                     ^^^^^^^^^^^^^
        │   init_block(4) record(mha, ffn, norm1, norm2)
      note: init_block d heads cross=1 makes such a record; p.self = … adds a field
      """
    ),
    (
      "X = ones 3 4; p = init_block 4; p.ffn.w1 = ones 8 4; encoder_block X p",
      """
      error: p.ffn.w1 does not fit X
      1 │ X = ones 3 4; p = init_block 4; p.ffn.w1 = ones 8 4; encoder_block X p
        │                                                                    ^ ^
        │   X 3×4   p record(mha, ffn, norm1, norm2)   w1 8×4   wanted 4×4: a row for
        │   each column of X
      """
    ),
    (
      "moe (ones 3 2) (ones 2 2) (relu, silu, gelu)",
      """
      error: moe needs one expert for each column of gate
      1 │ moe (ones 3 2) (ones 2 2) (relu, silu, gelu)
        │                ^^^^^^^^^^ ^^^^^^^^^^^^^^^^^^
        │   (ones 2 2) 2×2   (relu, silu, gelu) (function, function, function)   3
        │   functions ≠ 2
      """
    ),
    (
      "rope (ones 3 4) cos=ones(3,4) sin=ones(3,4)",
      """
      error: a table has one column for each pair
      1 │ rope (ones 3 4) cos=ones(3,4) sin=ones(3,4)
        │                 ^^^^^^^^^^^^^    ones(3,4) 3×4   2·4 > 4
      fix 1: cos=ones(3,4)[:, :2]
      """
    ),
  ]

  @Test(arguments: errors.indices)
  func says(_ index: Int) {
    let (code, message) = Self.errors[index]
    #expect(Bench().run(code).joined(separator: "\n") == message)
  }
}
