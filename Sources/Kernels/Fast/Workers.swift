import CMachine
import Synchronization

/// The threads that share large work. They are made when first needed. Between jobs they look out for
/// the next one for a moment, as a line of a script asks for several, and then sleep.
///
/// What a task computes must not depend on which thread runs it: then no result depends on how many
/// there are.
public final class Workers: @unchecked Sendable {
  private static let shared = Workers()
  private static let limit = Atomic<Int>(processors)

  /// Of this machine, as far as this process may use them.
  public static let processors = Int(machine_processors())

  /// How many threads may work at once; the calling one is among them.
  public static var count: Int {
    get { limit.load(ordering: .relaxed) }
    set { limit.store(max(1, newValue), ordering: .relaxed) }
  }

  /// Runs `body` for the tasks 0..<`tasks`, here and on other threads.
  ///
  /// - Precondition: tasks may run at the same time and in any order.
  static func run(_ tasks: Int, _ body: (_ task: Int) -> Void) {
    if tasks == 1 { return body(0) }
    let threads = min(count, tasks)
    if threads > 1, shared.run(tasks, helpers: threads - 1, body) { return }
    for task in 0..<tasks { body(task) }
  }

  /// One job at a time; who comes meanwhile works alone.
  private let isBusy = Atomic<Bool>(false)
  private let nextTask = Atomic<Int>(0)
  /// Of the last job.
  private let jobNumber = Atomic<Int>(0)
  private let working = Atomic<Int>(0)

  /// Looks for a change before a thread sleeps: waking it takes as long as some 50,000 operations.
  private static let looks = 4000

  // What follows is guarded by the mutex.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let (hasJob, isIdle) = (
    UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1),
    UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  )
  private var job: Job?
  private var threads = 0

  private struct Job {
    let tasks: Int
    let helpers: Int
    let body: (Int) -> Void
  }

  private init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(hasJob, nil)
    pthread_cond_init(isIdle, nil)
  }

  private func run(_ tasks: Int, helpers: Int, _ body: (Int) -> Void) -> Bool {
    guard !isBusy.exchange(true, ordering: .acquiring) else { return false }
    defer { isBusy.store(false, ordering: .releasing) }
    withoutActuallyEscaping(body) { body in
      let job = Job(tasks: tasks, helpers: helpers, body: body)
      start(job)
      work(on: job)
      finish()
    }
    return true
  }

  private func start(_ job: Job) {
    nextTask.store(0, ordering: .relaxed)
    pthread_mutex_lock(mutex)
    while threads < job.helpers, startThread(number: threads) { threads += 1 }
    self.job = job
    jobNumber.wrappingAdd(1, ordering: .releasing)
    pthread_cond_broadcast(hasJob)
    pthread_mutex_unlock(mutex)
  }

  private func work(on job: Job) {
    while true {
      let task = nextTask.wrappingAdd(1, ordering: .relaxed).oldValue
      if task >= job.tasks { return }
      job.body(task)
    }
  }

  /// Nobody begins any more, and whoever works is waited for.
  private func finish() {
    pthread_mutex_lock(mutex)
    job = nil
    pthread_mutex_unlock(mutex)
    Self.look { working.load(ordering: .acquiring) == 0 }
    pthread_mutex_lock(mutex)
    while working.load(ordering: .acquiring) > 0 { pthread_cond_wait(isIdle, mutex) }
    pthread_mutex_unlock(mutex)
  }

  /// Waits for a moment until something has happened.
  private static func look(for hasHappened: () -> Bool) {
    for _ in 0..<looks {
      if hasHappened() { return }
      machine_pause()
    }
  }

  // MARK: - The other threads

  private func startThread(number: Int) -> Bool {
    machine_start_thread(serveWorkers, UnsafeMutableRawPointer(bitPattern: number + 1))
  }

  fileprivate static func serve(number: Int) -> Never { shared.serve(number: number) }

  private func serve(number: Int) -> Never {
    var seen = 0
    pthread_mutex_lock(mutex)
    while true {
      let newest = jobNumber.load(ordering: .acquiring)
      if newest == seen {
        pthread_cond_wait(hasJob, mutex)
        continue
      }
      seen = newest
      if let job, number < job.helpers {
        working.wrappingAdd(1, ordering: .relaxed)
        pthread_mutex_unlock(mutex)
        work(on: job)
        pthread_mutex_lock(mutex)
        let before = working.wrappingSubtract(1, ordering: .releasing).oldValue
        if before == 1 { pthread_cond_signal(isIdle) }
      }
      pthread_mutex_unlock(mutex)
      Self.look { jobNumber.load(ordering: .relaxed) != seen }
      pthread_mutex_lock(mutex)
    }
  }
}

private func serveWorkers(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  Workers.serve(number: Int(bitPattern: context) - 1)
}
