// How the memory of the engine lies. What is read as a whole for every word, the
// weights and the keys and values of the sound, gets large pages: with small
// ones the processor spends as long on finding the next page as on reading it.
// What a step of a window has worked with is given back before the next step
// works with its own.
#pragma once

#include "ggml-backend.h"

#if defined(__linux__)
#include <stdint.h>
#include <sys/mman.h>
#endif

namespace afterword {

#if defined(__linux__)
// advise tells the system about the whole pages from one byte to another.
static void advise(uintptr_t from, uintptr_t to, int advice) {
    const uintptr_t page = 4096;
    from = (from + page - 1) / page * page;
    to   = to / page * page;
    if (from < to) {
        (void) madvise((void *) from, to - from, advice);
    }
}

// ends are where a buffer begins and ends; nowhere where it is none of this
// memory.
struct ends {
    uintptr_t from, to;
    explicit ends(ggml_backend_buffer_t b) : from(0), to(0) {
        if (b != nullptr && ggml_backend_buffer_is_host(b)) {
            from = (uintptr_t) ggml_backend_buffer_get_base(b);
            to   = from + ggml_backend_buffer_get_size(b);
        }
    }
};
#endif

// large_pages asks for them, before the buffer is filled. Where the system has
// none to give, nothing is lost.
static void large_pages(ggml_backend_buffer_t buffer) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    const ends b(buffer);
    advise(b.from, b.to, MADV_HUGEPAGE);
#else
    (void) buffer;
#endif
}

// give_back lets go of the intermediate results that lie in a tensor's buffer;
// it stays usable, and reads as zeros until it is written again.
static void give_back(const ggml_tensor * of) {
#if defined(__linux__)
    const ends b(of->buffer);
    advise(b.from, b.to, MADV_DONTNEED);
#else
    (void) of;
#endif
}

// keep_alone does so with all but the tensor.
static void keep_alone(const ggml_tensor * t) {
#if defined(__linux__)
    const ends b(t->buffer);
    const uintptr_t at = (uintptr_t) t->data;
    if (b.from <= at && at < b.to) {
        advise(b.from, at, MADV_DONTNEED);
        advise(at + ggml_nbytes(t), b.to, MADV_DONTNEED);
    }
#else
    (void) t;
#endif
}

} // namespace afterword
