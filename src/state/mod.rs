//! State: the persistent state map, event auth and state resolution. Relies on [`crate::event`] and [`crate::nid`].

pub mod auth;
pub mod auth_difference;
pub mod map;
pub mod resolution;
