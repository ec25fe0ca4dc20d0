// Large pages for what is read as a whole for every word: the weights, and the
// keys and values of the sound. With small ones the processor spends as long on
// finding the next page as on reading it.
#pragma once

#include "ggml-backend.h"

#if defined(__linux__)
#include <stdint.h>
#include <sys/mman.h>
#endif

namespace afterword {

// large_pages asks for them, before the buffer is filled. Where the system has
// none to give, nothing is lost.
static void large_pages(ggml_backend_buffer_t buffer) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (ggml_backend_buffer_is_host(buffer)) {
        const uintptr_t page = 4096, base = (uintptr_t) ggml_backend_buffer_get_base(buffer);
        const uintptr_t from = (base + page - 1) / page * page, to = (base + ggml_backend_buffer_get_size(buffer)) / page * page;
        if (from < to) {
            (void) madvise((void *) from, to - from, MADV_HUGEPAGE);
        }
    }
#else
    (void) buffer;
#endif
}

} // namespace afterword
