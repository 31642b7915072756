//! The demonstration.
use crate::kernel::{Error, Result};
use std::path::PathBuf;
use std::process::ExitCode;
/// x
pub async fn run(_data: Option<PathBuf>, _port: u16, _walk: bool) -> Result<ExitCode> {
    Err(Error::internal("not yet"))
}
