import Testing

@testable import Terminal

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct StackTests {
  @Test func theWorkRunsWithTheStackItAskedFor() {
    let status = runOnLargeStack(bytes: 64 << 20) {
      let remaining = StackGuard.remaining
      return remaining > 60 << 20 && remaining < 65 << 20 ? 42 : 1
    }
    #expect(status == 42)
  }

  @Test func deepRecursionSeesItsEnd() {
    let status = runOnLargeStack(bytes: 16 << 20) {
      func depth(_ level: Int32) -> Int32 {
        StackGuard.remaining < 1 << 20 || level == Int32.max ? level : max(level, depth(level + 1))
      }
      return depth(0) > 1000 ? 7 : 1
    }
    #expect(status == 7)
  }
}

@Suite struct StreamTests {
  @Test func writingToAClosedPipeIsNoSignal() {
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    #expect(StandardStreams.write(ends[1], "x"))
    close(ends[0])
    #expect(!StandardStreams.write(ends[1], "x"))
    close(ends[1])
  }

  @Test func longTextsArriveWhole() async {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let (reader, writer) = (ends[0], ends[1])
    // Longer than the pipe holds: written in pieces.
    let count = 1 << 20
    async let received = Task.detached { () -> Int in
      var total = 0
      var chunk = [UInt8](repeating: 0, count: 4096)
      while true {
        let length = read(reader, &chunk, chunk.count)
        guard length > 0 else { return total }
        total += length
      }
    }.value
    #expect(StandardStreams.write(writer, [UInt8](repeating: 65, count: count)))
    close(writer)
    #expect(await received == count)
    close(reader)
  }

  @Test func aPipeHasNoWindow() {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    #expect(!StandardStreams.isTerminal(ends[0]))
    let size = TerminalSize.current(ends[0])
    #expect(size.columns >= 1 && size.rows >= 1)
    close(ends[0])
    close(ends[1])
  }
}

@Suite struct PathTests {
  @Test func stateDirectoryIsMadeForItsOwnerOnly() {
    let place = TemporaryFile()
    let environment = ["XDG_STATE_HOME": place.directory + "/state"]
    #expect(
      Paths.historyFile(environment: { environment[$0] })
        == place.directory + "/state/attn/history")
    var status = stat()
    #expect(stat(place.directory + "/state/attn", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
    rmdir(place.directory + "/state/attn")
    rmdir(place.directory + "/state")
  }

  @Test(arguments: [
    [:], ["HOME": "relative"], ["HOME": "/proc/nonexistent"],
    ["XDG_STATE_HOME": "/proc/nonexistent"],
  ])
  func aPlaceThatCannotBeMadeMeansNoHistory(_ environment: [String: String]) {
    #expect(Paths.historyFile(environment: { environment[$0] }) == nil)
  }

  @Test(
    arguments: [
      (["HOME": "/h"], "/h/.config/attn/init.attn"),
      (["HOME": "/h", "XDG_CONFIG_HOME": "/c"], "/c/attn/init.attn"),
      (["HOME": "/h", "XDG_CONFIG_HOME": "relative"], "/h/.config/attn/init.attn"),
      ([:], nil),
    ] as [([String: String], String?)])
  func initFileFollowsTheSpecification(_ environment: [String: String], _ path: String?) {
    #expect(Paths.initFile(environment: { environment[$0] }) == path)
  }

  @Test func filesComplete() {
    let place = TemporaryFile(holding: "x")
    mkdir(place.directory + "/folder", 0o700)
    close(creat(place.directory + "/fi\u{1B}le", 0o600))
    close(creat(place.directory + "/.fhidden", 0o600))
    let prefix = place.directory + "/"
    #expect(Paths.completions(of: prefix + "f") == [prefix + "file", prefix + "folder/"])
    #expect(Paths.completions(of: prefix) == [prefix + "file", prefix + "folder/"])
    #expect(Paths.completions(of: prefix + ".f") == [prefix + ".fhidden"])
    #expect(Paths.completions(of: "/nonexistent/x") == [])
    unlink(place.directory + "/fi\u{1B}le")
    unlink(place.directory + "/.fhidden")
    rmdir(place.directory + "/folder")
  }

  @Test(arguments: [("~/a", "/h/x/a"), ("~", "/h/x"), ("~b/a", "~b/a"), ("a/~", "a/~")])
  func homeIsWrittenOut(_ path: String, _ expected: String) {
    #expect(Paths.expandingHome(path, environment: { $0 == "HOME" ? "/h/x" : nil }) == expected)
  }
}
