// libedit and the few calls of the operating system that Swift cannot make itself, or that look
// different to Swift on Linux and macOS: variadic functions, unions, macros.
// Text passes as 32-bit code points: wchar_t is that wide on both.
#ifndef ATTN_CEDIT_SHIM_H
#define ATTN_CEDIT_SHIM_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <locale.h>
#include <langinfo.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

// ---- libedit

typedef unsigned char (*cedit_command)(EditLine *, int);
typedef int (*cedit_reader)(EditLine *, int32_t *);
typedef int32_t *(*cedit_prompt)(EditLine *);

static inline EditLine *cedit_create(const char *program) {
  return el_init(program, stdin, stdout, stderr);
}

static inline void cedit_set_client(EditLine *el, void *client) {
  el_wset(el, EL_CLIENTDATA, client);
}

static inline void *cedit_client(EditLine *el) {
  void *client = NULL;
  el_wget(el, EL_CLIENTDATA, &client);
  return client;
}

// A literal that takes no room on the screen stands between two `mark`s.
static inline void cedit_set_prompt(EditLine *el, cedit_prompt prompt, int mark) {
  el_wset(el, EL_PROMPT_ESC, prompt, mark);
}

static inline void cedit_set_reader(EditLine *el, cedit_reader reader) {
  el_wset(el, EL_GETCFN, reader);
}

static inline void cedit_use_emacs_keys(EditLine *el) {
  el_wset(el, EL_EDITOR, L"emacs");
  el_wset(el, EL_SIGNAL, 0);
}

static inline void cedit_add_command(
    EditLine *el, const char *name, const char *help, cedit_command command) {
  el_set(el, EL_ADDFN, name, help, command);
}

static inline void cedit_bind(EditLine *el, const char *key, const char *command) {
  el_set(el, EL_BIND, key, command, NULL);
}

static inline void cedit_refresh(EditLine *el) { el_set(el, EL_REFRESH); }

static inline void cedit_set_raw(EditLine *el, int raw) { el_wset(el, EL_PREP_TERM, raw); }

static inline const uint32_t *cedit_line(EditLine *el, int *length, int *cursor) {
  const LineInfoW *info = el_wline(el);
  *length = (int)(info->lastchar - info->buffer);
  *cursor = (int)(info->cursor - info->buffer);
  return (const uint32_t *)info->buffer;
}

static inline const uint32_t *cedit_read_line(EditLine *el, int *length) {
  return (const uint32_t *)el_wgets(el, length);
}

static inline int cedit_read_scalar(EditLine *el, uint32_t *scalar) {
  return el_wgetc(el, (wchar_t *)scalar);
}

static inline void cedit_insert(EditLine *el, const uint32_t *text) {
  el_winsertstr(el, (const wchar_t *)text);
}

static inline void cedit_push(EditLine *el, const uint32_t *text) {
  el_wpush(el, (const wchar_t *)text);
}

// ---- text

// Columns that libedit gives a code point; -1 where it prints it in another form.
static inline int cedit_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

// The user's locale for characters; where that is no UTF-8 and was not asked for, plain UTF-8.
static inline void cedit_choose_locale(void) {
  const char *chosen = setlocale(LC_CTYPE, "");
  int is_default = chosen == NULL || strcmp(chosen, "C") == 0 || strcmp(chosen, "POSIX") == 0;
  if (!is_default) return;
  if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) setlocale(LC_CTYPE, "en_US.UTF-8");
}

// ---- system

static inline int cedit_errno(void) { return errno; }

static inline void cedit_set_errno(int value) { errno = value; }

static inline int cedit_open(const char *path, int flags, int mode) {
  return open(path, flags, (mode_t)mode);
}

static inline int cedit_window_size(int descriptor, int *rows, int *columns) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return -1;
  *rows = size.ws_row;
  *columns = size.ws_col;
  return 0;
}

static inline int cedit_is_regular_file(int descriptor, int64_t *size) {
  struct stat status;
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
  *size = (int64_t)status.st_size;
  return 1;
}

static inline int cedit_is_directory(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static inline const char *cedit_entry_name(const struct dirent *entry) { return entry->d_name; }

static inline void cedit_make_pipe(int *ends) {
  if (pipe(ends) != 0) {
    ends[0] = ends[1] = -1;
    return;
  }
  for (int i = 0; i < 2; i++) {
    fcntl(ends[i], F_SETFL, O_NONBLOCK);
    fcntl(ends[i], F_SETFD, FD_CLOEXEC);
  }
}

// Without SA_RESTART: a waiting read must return.
static inline void cedit_catch(int number, void (*handler)(int)) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_handler = handler;
  sigaction(number, &action, NULL);
  // A parent may have blocked it.
  sigset_t own;
  sigemptyset(&own);
  sigaddset(&own, number);
  sigprocmask(SIG_UNBLOCK, &own, NULL);
}

static inline int cedit_is_ignored(int number) {
  struct sigaction action;
  return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static inline void cedit_ignore(int number) { signal(number, SIG_IGN); }

static inline void cedit_stop_catching(int number) { signal(number, SIG_DFL); }

// Lets the signal do what it does by default, now, even inside its own handler.
static inline void cedit_take_default(int number) {
  sigset_t set;
  sigset_t before;
  signal(number, SIG_DFL);
  sigemptyset(&set);
  sigaddset(&set, number);
  raise(number);
  pthread_sigmask(SIG_UNBLOCK, &set, &before);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

// Year, month, day, hour, minute and second of the user's own clock.
static inline void cedit_local_time(int64_t seconds, int *fields) {
  time_t moment = (time_t)seconds;
  struct tm local;
  memset(&local, 0, sizeof local);
  localtime_r(&moment, &local);
  fields[0] = local.tm_year + 1900;
  fields[1] = local.tm_mon + 1;
  fields[2] = local.tm_mday;
  fields[3] = local.tm_hour;
  fields[4] = local.tm_min;
  fields[5] = local.tm_sec;
}

// Single keys without echo; Ctrl-C stays a signal.
static inline int cedit_take_keys(int descriptor, struct termios *before) {
  struct termios now;
  if (tcgetattr(descriptor, before) != 0) return -1;
  now = *before;
  now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  now.c_cc[VMIN] = 1;
  now.c_cc[VTIME] = 0;
  return tcsetattr(descriptor, TCSADRAIN, &now);
}

// Runs a shell command in the foreground, Ctrl-C being its own; its exit status, or 128 and the
// signal that ended it, or -1.
static inline int cedit_run_shell(const char *command) {
  int status = system(command);
  if (status == -1) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Runs the work on a thread with a stack of its own and waits for it.
static inline int cedit_run_on_stack(size_t bytes, void *(*work)(void *), void *context) {
  pthread_attr_t attributes;
  pthread_t thread;
  sigset_t set;
  sigset_t before;
  if (pthread_attr_init(&attributes) != 0) return -1;
  int failed = pthread_attr_setstacksize(&attributes, bytes)
      || pthread_create(&thread, &attributes, work, context);
  pthread_attr_destroy(&attributes);
  if (failed) return -1;
  // The waiting thread must not swallow the signals that are to wake the working one.
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGWINCH);
  sigaddset(&set, SIGTSTP);
  sigaddset(&set, SIGCONT);
  pthread_sigmask(SIG_BLOCK, &set, &before);
  pthread_join(thread, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return 0;
}

// The lowest address of the calling thread's stack; 0 where it is not known.
static inline uintptr_t cedit_stack_floor(void) {
#ifdef __APPLE__
  char *top = (char *)pthread_get_stackaddr_np(pthread_self());
  return (uintptr_t)(top - pthread_get_stacksize_np(pthread_self()));
#elif defined(__linux__)
  extern int pthread_getattr_np(pthread_t, pthread_attr_t *);
  pthread_attr_t attributes;
  void *base = NULL;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  pthread_attr_getstack(&attributes, &base, &size);
  pthread_attr_destroy(&attributes);
  return (uintptr_t)base;
#else
  return 0;
#endif
}

#endif
