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
// advise tells the system about the whole pages of a buffer.
static void advise(ggml_backend_buffer_t buffer, int advice) {
    if (buffer == nullptr || !ggml_backend_buffer_is_host(buffer)) {
        return;
    }
    const uintptr_t page = 4096, base = (uintptr_t) ggml_backend_buffer_get_base(buffer);
    const uintptr_t from = (base + page - 1) / page * page, to = (base + ggml_backend_buffer_get_size(buffer)) / page * page;
    if (from < to) {
        (void) madvise((void *) from, to - from, advice);
    }
}
#endif

// large_pages asks for them, before the buffer is filled. Where the system has
// none to give, nothing is lost.
static void large_pages(ggml_backend_buffer_t buffer) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    advise(buffer, MADV_HUGEPAGE);
#else
    (void) buffer;
#endif
}

// give_back lets go of what a buffer of intermediate results holds; it stays
// usable, and reads as zeros until it is written again.
static void give_back(const ggml_tensor * of) {
#if defined(__linux__)
    advise(of->buffer, MADV_DONTNEED);
#else
    (void) of;
#endif
}

} // namespace afterword
