//! The event graph: who follows whom, in which order, where it ends and where it is torn.
//!
//! The edges themselves lie in the event columns ([`crate::event::table`]); here is what follows from them: stream
//! orderings, the topological order, forward extremities (tips), gaps with backward extremities, walks over ancestors,
//! and the order in which a batch of events can be taken in. Relies on [`crate::event`] and [`crate::nid`].

pub mod auth_dag;
pub mod bits;
pub mod causal;
pub mod extremities;
pub mod ordering;
pub mod walk;

pub use auth_dag::AuthDag;
pub use extremities::Extremities;
pub use ordering::Orderings;
