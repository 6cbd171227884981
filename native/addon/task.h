// One batch on the thread pool as a promise: `work` runs on a pool thread without JavaScript, `deliver` turns its result into
// a JavaScript value on the main thread. The one place where core exceptions become rejections: an Error whose `code` is an
// ErrorCode of schemas/problem.ts and whose `offset` is a file offset or -1.
#pragma once

#include <napi.h>

#include <exception>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/error.h"

namespace addon {

inline Napi::Error to_js(Napi::Env env, const polyfst::Error& error) {
  Napi::Error out = Napi::Error::New(env, error.text);
  out.Set("code", Napi::String::New(env, polyfst::name_of(error.code)));
  out.Set("offset",
          Napi::Number::New(env, error.offset == polyfst::no_offset ? -1.0 : static_cast<double>(error.offset)));
  return out;
}

template <class Work, class Deliver>
class Task final : public Napi::AsyncWorker {
 public:
  using Result = std::invoke_result_t<Work&>;

  static Napi::Promise start(Napi::Env env, Work work, Deliver deliver) {
    auto* task = new Task(env, std::move(work), std::move(deliver));  // deletes itself when it has reported
    const Napi::Promise promise = task->deferred_.Promise();
    task->Queue();
    return promise;
  }

 private:
  Task(Napi::Env env, Work work, Deliver deliver)
      : Napi::AsyncWorker(env, "polyfst"),
        deferred_(Napi::Promise::Deferred::New(env)),
        work_(std::move(work)),
        deliver_(std::move(deliver)) {}

  void Execute() override {
    try {
      result_.emplace(work_());
    } catch (const polyfst::Error& error) {
      error_.emplace(error);
    } catch (const std::bad_alloc&) {
      error_.emplace(polyfst::Code::out_of_memory, "there is not enough memory for this batch");
    } catch (const std::exception& error) {
      error_.emplace(polyfst::Code::internal, error.what());
    }
  }

  void OnOK() override {
    const Napi::Env env = Env();
    const Napi::HandleScope scope(env);
    if (error_) {
      deferred_.Reject(to_js(env, *error_).Value());
      return;
    }
    try {
      deferred_.Resolve(deliver_(env, std::move(*result_)));
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
    } catch (const std::bad_alloc&) {
      deferred_.Reject(to_js(env, {polyfst::Code::out_of_memory, "there is not enough memory for the result"}).Value());
    }
  }

  Napi::Promise::Deferred deferred_;
  Work work_;
  Deliver deliver_;
  std::optional<Result> result_;
  std::optional<polyfst::Error> error_;
};

/** Runs `work()` on the pool; the promise resolves to `deliver(env, result)`. */
template <class Work, class Deliver>
Napi::Promise run(Napi::Env env, Work work, Deliver deliver) {
  return Task<Work, Deliver>::start(env, std::move(work), std::move(deliver));
}

/** Runs `work()` at once on the calling thread: for what takes less than a hop to the pool. The value is no promise. */
template <class Work, class Deliver>
Napi::Value run_here(Napi::Env env, Work work, Deliver deliver) {
  try {
    return deliver(env, work());
  } catch (const polyfst::Error& error) {
    throw to_js(env, error);
  } catch (const std::bad_alloc&) {
    throw to_js(env, {polyfst::Code::out_of_memory, "there is not enough memory for this batch"});
  }
}

}  // namespace addon
