#pragma once
#if defined(__linux__)
#include <malloc.h>
#include <sys/syscall.h>
#endif
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

/// A flag that a signal handler may set.
static inline bool machine_is_set(const void *flag) {
  return __atomic_load_n((const bool *)flag, __ATOMIC_RELAXED);
}

static inline void machine_set(void *flag, bool value) {
  __atomic_store_n((bool *)flag, value, __ATOMIC_RELAXED);
}

/// The cache line at p is on its way before it is written; p need not be valid.
static inline void machine_prefetch_to_write(const void *p) { __builtin_prefetch(p, 1); }
/// Into the second-level cache, to be read.
static inline void machine_prefetch(const void *p) { __builtin_prefetch(p, 0, 2); }

#if defined(__x86_64__)
/// What -march=x86-64-v3 takes for granted beyond the baseline, as far as compilers use it.
static inline bool machine_has_v3(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

static inline bool machine_has_v4(void) {
  return machine_has_v3() && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

static inline double machine_log1p(double x) { return log1p(x); }
static inline double machine_sin(double x) { return sin(x); }
static inline double machine_cos(double x) { return cos(x); }

/// Fewer, larger pages where the system has them.
static inline void machine_advise_huge_pages(void *start, size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  madvise(start, bytes, MADV_HUGEPAGE);
#else
  (void)start;
  (void)bytes;
#endif
}

/// Memory that was freed stays with the process, up to so many bytes of it; allocations of at least
/// `large` bytes go back to the system one by one. All threads share one heap: those of the kernels
/// allocate next to nothing, and a thread's own heap grows by one page at a time.
static inline void machine_keep_freed(int large, int most) {
#if defined(__GLIBC__)
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, large);
  mallopt(M_TRIM_THRESHOLD, most);
#else
  (void)large;
  (void)most;
#endif
}

/// Says that the thread only waits for another one.
static inline void machine_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Those that this process may use: `taskset` and containers give it fewer than the machine has.
static inline int machine_processors(void) {
#if defined(__linux__)
  unsigned long allowed[128] = {0};
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof allowed, allowed);
  int given = 0;
  for (long i = 0; i < bytes / (long)sizeof allowed[0]; i++)
    given += __builtin_popcountl(allowed[i]);
  if (given > 0) return given > 1024 ? 1024 : given;
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count < 1 ? 1 : count > 1024 ? 1024 : (int)count;
}

/// Starts a thread that nobody joins. Signals are left to the others.
static inline bool machine_start_thread(void *(*work)(void *), void *context) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int failed = pthread_create(&thread, NULL, work, context);
  if (!failed) pthread_detach(thread);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return !failed;
}
