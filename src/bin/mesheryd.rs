//! `mesheryd`: see [`meshery_runtime::cli`].

fn main() -> std::process::ExitCode {
    meshery_runtime::cli::main()
}
