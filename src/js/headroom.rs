//! Growing WebAssembly's memory ahead of need, in few steps.
//!
//! Left alone, the allocator grows memory by what it is short of at the moment, mostly one page of 64 kB. Each step costs an
//! `ArrayBuffer` over all of it in the JavaScript engine, which V8 moreover counts as so much garbage: on the way to 256 MB
//! in steps of a megabyte it collects the whole heap 82 times, 1.2 ms a step in an empty one. What is grown ahead and not
//! touched costs nothing but numbers.

const PAGE: usize = 1 << 16;
const LEAST: usize = 1 << 20;
const MOST: usize = 8 << 20;

/// How large memory was when it was last looked at, in pages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Headroom(usize);

impl Headroom {
    pub(super) fn now() -> Self {
        Self(pages())
    }

    /// Grows memory by an eighth if something has made it grow since: that is likely to go on.
    pub(super) fn keep(&mut self) {
        if pages() > self.0 {
            reserve((pages() / 8 * PAGE).clamp(LEAST, MOST));
            self.0 = pages();
        }
    }
}

/// Makes sure that there are so many bytes in one piece, in one step. If there is no memory for that, whoever needs it will
/// find out.
pub(super) fn reserve(bytes: usize) {
    let mut space: Vec<u8> = Vec::new();
    // What is let go of at the end of memory is what is given out next; the allocator never shrinks it.
    if space.try_reserve_exact(bytes).is_ok() {
        core::hint::black_box(&space);
    }
}

fn pages() -> usize {
    #[cfg(target_arch = "wasm32")]
    return core::arch::wasm32::memory_size(0);
    #[cfg(not(target_arch = "wasm32"))]
    return 0;
}
