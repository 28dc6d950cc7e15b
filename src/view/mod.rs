//! What is derived from the model for people to look at. Stands on [`crate::event`] and [`crate::nid`]; nothing stands on it.

pub mod layout;
