//! roomscope opens up a Matrix room.
//!
//! A pure in-memory core takes a room's events and shows what a homeserver makes of them. This page says where
//! everything is; each layer knows only those above it in this list.
//!
//! | module | holds |
//! |---|---|
//! | `column` | how what is as long as the room grows |
//! | `sort` | the sorts that everything shares |
//! | [`nid`] | numeric ids, the interner, well-known types and keys |
//! | [`event`] | reading events: JSON, versions, canonical JSON, redaction, hashes, ids; the event columns |
//! | [`graph`] | orderings, extremities, gaps, walks, the causal order of a batch |
//! | [`state`] | the persistent state map; auth rules; resolution |
//! | [`storage`] | blocks and snapshots: state as Dendrite's room server stores it |
//! | [`import`] | events out of bytes |
//! | [`room`] | [`room::Room`]: the one door in; taking events in, asking questions |
//! | [`view`] | what is derived for people to look at: the lane layout, DOT |

mod column;
pub mod event;
pub mod graph;
pub mod import;
pub mod nid;
pub mod room;
mod sort;
pub mod state;
pub mod storage;
pub mod view;

#[cfg(target_arch = "wasm32")]
mod js;
