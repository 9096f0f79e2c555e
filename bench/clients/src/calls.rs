//! What a call costs by the generated client, and by those that others generate of the same document.
//!
//! Both run in turns, in batches, on one thread, against a server of this process; what is told is the
//! median, and the median of the ratios of batches that ran one after the other. Client and server are on one
//! processor, so that nobody waits for another one to wake up. Lines are: document, size of the answer, nanoseconds
//! and allocations of ours and of the peer, ratio.

#[cfg(feature = "both")]
mod both;
mod measure;
mod server;
#[cfg(feature = "rival")]
mod workspaces;

/// Keeps this thread, and those that it starts, on the processor that it is on.
#[cfg(target_os = "linux")]
fn stay() {
    let mut only = rustix::thread::CpuSet::new();
    only.set(rustix::thread::sched_getcpu());
    rustix::thread::sched_setaffinity(None, &only).unwrap();
}

fn main() {
    #[cfg(target_os = "linux")]
    stay();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _ = &runtime;
    #[cfg(feature = "rival")]
    workspaces::run(&runtime);
    #[cfg(feature = "both")]
    both::run(&runtime);
}
