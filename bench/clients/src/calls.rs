//! What a call costs by the generated client, and by those that others generate of the same document.
//!
//! Both run in turns, in batches, on one thread, against a server of this process; what is told is the
//! median, and the median of the ratios of batches that ran one after the other. Lines are: document, size of the answer,
//! nanoseconds and allocations of ours and of the peer, ratio.

#[cfg(feature = "both")]
mod both;
mod measure;
mod server;
#[cfg(feature = "rival")]
mod workspaces;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _ = &runtime;
    #[cfg(feature = "rival")]
    workspaces::run(&runtime);
    #[cfg(feature = "both")]
    both::run(&runtime);
}
