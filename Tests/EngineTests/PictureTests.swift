import Kernels
import Language
import Testing

@testable import Engine

/// Pictures and sweeps as they are typed.
@Suite struct PictureTests {
  @Test(arguments: [
    ("plot []", "error: there is nothing to draw"), ("hist []", "error: there is nothing to draw"),
    ("spark []", "error: there is nothing to draw"), ("bar []", "error: there is nothing to draw"),
    ("scatter [] []", "error: there is nothing to draw"),
    (
      "plot",
      "plot: lines over an axis: values, y over x, or functions between two limits"
    ),
    ("heat (zeros 0 3)", "error: there is nothing to draw"),
    ("hist [nan]", "error: there is nothing to draw"),
    ("plot [1 2] [1 2 3]", "error: plot: x and y differ in length"),
    ("plot exp", "error: a function is drawn between two limits"),
    ("plot exp 3 -3", "error: the limits must be finite and rise"),
    ("plot (x -> [x x]) 0 1", "error: a function that is drawn gives one number, not a vector"),
    ("plot \"text\"", "error: plot needs numbers, not a string"),
    ("plot (randn 17 4)", "error: plot tells at most 16 series apart, not 17"),
    ("plot [1 2] labels=\"a b\"", "error: labels needs one name for each"),
    ("heat (eye 3) mask=(ones 2 2)", "error: the mask does not fit the picture"),
    ("heat (eye 3) map=red", "error: map has no choice 'red'"),
    ("heat (eye 3) center=∞", "error: center must be a finite number"),
    ("hist [1 2] bins=0", "error: bins must be at least 1, not 0"),
    ("hist [1e300 -1e299]", "error: these values are too large for a histogram"),
    ("panels 3", "error: panels takes pictures, not a number"),
    ("sweep tau=[1 2] heat(softmax [1 2])", "error: nothing here takes 'tau'"),
    ("sweep tau=[] softmax [1 2]", "error: a sweep needs at least one value"),
    ("sweep tau=(range 65) softmax [1 2]", "error: a sweep takes at most 64 values"),
  ])
  func whatCanNotBeDrawn(_ input: String, _ expected: String) {
    #expect(Bench().run(input).first?.split(separator: "   ").first.map(String.init) == expected)
  }

  @Test(arguments: [
    ("plot [1 nan 3 ∞]", "  left out: 2 points with NaN or ∞"),
    ("loglog [0 1 2] [1 1 4]", "  left out: 1 point not above 0"),
    ("hist [1 2 nan]", "  left out: 1 value NaN or ∞"),
    ("hist [1 2 9] xlim=[0 5]", "  left out: 1 value beyond the limits"),
    ("bar [1 nan]", "  no bar: 1 value NaN or ∞"),
  ])
  func whatIsLeftOutIsSaid(_ input: String, _ note: String) {
    #expect(Bench().run(input).last == note)
  }

  @Test(arguments: [
    "plot [nan nan]", "plot [1e308 -1e308]", "plot (range 100000)", "plot 3",
    "hist (randn 3 4)", "loglog [1 2] [0 -1]", "bar (randn 3 4)", "spark (randn 3 500)",
    "scatter (randn 50) (randn 50)", "heat (randn 2 2 2 2)", "heat [1 2 3]", "hist 5",
    "plot record(a=[1 2], b=[3 4 5])", "plot ([1 2], [3 4])", "plot exp tanh -1 1 labels=\"e t\"",
    "heat (eye 3) mask=causal values=0 scale=log", "heat (randn 3 3) center=0.5 scale=row",
  ])
  func isDrawn(_ input: String) {
    let lines = Bench().run(input)
    #expect(!lines.isEmpty && !lines[0].hasPrefix("error"), "\(lines)")
  }

  @Test func histogramsCountAsNumPyDoes() throws {
    // numpy.histogram([1, 2, 2, 3, 3, 3, 4, 4, 5], bins=4)
    let bench = Bench()
    _ = bench.run("f = hist [1 2 2 3 3 3 4 4 5] bins=4")
    guard case .figure(.chart(let chart))? = bench.value("f"),
      case .steps(let edges, let heights) = chart.layers[0].mark
    else { throw Missing() }
    #expect(edges == [1, 2, 3, 4, 5] && heights == [1, 2, 3, 3])
  }

  @Test func slopesOfPowers() throws {
    let bench = Bench()
    _ = bench.run("x = [1 10 100]; f = loglog x ([x^2; 5 * √x])")
    guard case .figure(.chart(let chart))? = bench.value("f") else { throw Missing() }
    let slopes = chart.layers.compactMap { $0.numbers.first?.value }
    #expect(zip(slopes, [2, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  struct Missing: Error {}

  @Test func sweepOfVectorsIsATable() {
    #expect(
      Bench().run("sweep tau=[.1 1 10] softmax [1 2 3 4]") == [
        "softmax [1 2 3 4]",
        "  tau       0       1       2       3",
        "  0.1   <1e-4   <1e-4   <1e-4  1.0000",
        "    1  0.0321  0.0871  0.2369  0.6439",
        "   10  0.2138  0.2363  0.2612  0.2887",
      ])
  }

  @Test(arguments: [
    ("sweep tau=[1 2] softmax [1 2]; shape ans", "2 2"),
    ("a = 5; sweep a=[1 2] a^2; a", "5"),
    ("seed 1; sweep k=[1 2] randn(2) * k; x = randn 2; seed 1; close x (randn 2)", "1"),
    ("seed 1; s = (sweep k=[1 1] randn(2) * k); close s[0] s[1]", "1"),
    ("s = (sweep layout=(interleaved, half) rope [1 2 3 4; 5 6 7 8]); shape s", "2 2 4"),
    ("s = (sweep a=[1 2] b=[1 2 3] a * b); s[-1]", "6"),
    ("def f t = sum (sweep tau=[1 t] softmax [1 2]); f 3", "2"),
  ])
  func sweepIsAValue(_ input: String, _ last: String) { #expect(Bench().run(input).last == last) }

  @Test func theOptionOfAnInnerCallIsOffered() {
    let lines = Bench().run("S = eye 2; sweep tau=[1 2] heat(softmax S)")
    #expect(lines.last == "fix 1: softmax S tau=tau")
  }

  @Test func sweepOfPicturesSharesItsScale() throws {
    let bench = Bench()
    _ = bench.run("f = (sweep tau=[.1 10] plot (softmax [1 2 3] tau=tau))")
    guard case .figure(.panels(let figures, _))? = bench.value("f") else { throw Missing() }
    let ranges = figures.compactMap { figure -> ClosedRange<Double>? in
      if case .chart(let chart) = figure { chart.y.holds } else { nil }
    }
    #expect(ranges.count == 2 && ranges[0] == ranges[1])
  }
}
