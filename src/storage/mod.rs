//! How servers store a room: what their tables hold.
//!
//! [`RoomServer`] is Dendrite's room server: state as snapshots, lists of at most 64 blocks, each a list of events, both
//! without doubles; NIDs as its databases hand them out. It is told what happens to each event, in order, by the room,
//! and keeps no state of its own: a block of a whole state is a version of the room's state maps. Relies on [`crate::nid`],
//! [`crate::event`] and [`crate::state::map`].

mod blocks;
pub mod compress;
mod effects;
mod groups;
mod numbering;
mod room_server;
mod runs;

pub use blocks::{Block, Blocks, ListNid};
pub use effects::{Effect, Effects};
pub use groups::{Group, GroupId, Groups};
pub use numbering::Numbering;
pub use room_server::{Columns, RoomServer};
pub use runs::Runs;

/// The most blocks a snapshot may list (Dendrite, `roomserver/state/state.go`, `maxStateBlockNIDs`).
pub const MOST_BLOCKS: usize = 64;
