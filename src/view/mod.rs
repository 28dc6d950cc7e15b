//! What is derived from the model for people to look at. Stands on [`crate::room`] and what is below it; nothing stands on it.

pub mod dot;
pub mod json;
pub mod layout;
pub mod tables;
