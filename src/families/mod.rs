//! Families: caregivers who may ask for a mentor, and how it is safe to reach them. A child's name is never kept.

pub mod model;

pub use model::{CaregiverRelation, ContactChannel, ContactWindow, SafeContactPlan};
