//! The state while it is being decided: an overlay on a version, never a version itself.

use super::scratch::Scratch;
use crate::nid::{EventNid, Slot};
use crate::state::map::{OutOfMemory, StateMaps, Version};

/// A slot without an event, whatever the base says. No NID is as high.
const ABSENT: u32 = u32::MAX;

/// What has been decided so far, above what all parents agree on.
#[derive(Clone, Debug, Default)]
pub(super) struct PartialState {
    base: Option<Version>,
    slots: Scratch,
}

impl PartialState {
    /// Starts from `base`, or from the empty state. Slots are below `slots`.
    pub(super) fn start(&mut self, base: Option<Version>, slots: usize) -> Result<(), OutOfMemory> {
        self.base = base;
        self.slots.start(slots)
    }

    /// Sets what is decided about a slot: what the base has there does not count any more.
    #[inline]
    pub(super) fn set(&mut self, slot: Slot, event: Option<EventNid>) {
        self.slots.set(slot.0 as usize, event.map_or(ABSENT, EventNid::get));
    }

    /// Returns the event in a slot.
    #[inline]
    pub(super) fn get(&self, maps: &StateMaps, slot: Slot) -> Option<EventNid> {
        match self.slots.get(slot.0 as usize) {
            0 => maps.get(self.base?, slot),
            ABSENT => None,
            event => EventNid::new(event),
        }
    }

    /// Returns the event that was decided on for a slot, leaving the base out.
    #[inline]
    pub(super) fn decided(&self, slot: Slot) -> Option<EventNid> {
        EventNid::new(self.slots.get(slot.0 as usize)).filter(|event| event.get() != ABSENT)
    }

    /// Returns the slots about which something was decided, in no promised order.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.slots.touched().iter().map(|&slot| Slot(slot))
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.slots.memory_bytes()
    }
}
