//! The `kinward` program: see `kinward --help`.

fn main() -> std::process::ExitCode {
    kinward::cli::main()
}
