//! Mainline ordering (specification, room version 2, "Mainline ordering").
//!
//! The mainline of a power levels event is the chain of power levels events from it down through auth events. Events that
//! are not power events are sorted by where on that chain they stand: by the first event of it that is reached by going
//! down the chain of power levels events from the event itself.
//!
//! Every power levels event has one such chain, so together they are a tree that grows downward from roots: the room's
//! first power levels event, as a rule. Where an event stands on a mainline is the lowest node that both chains have in
//! common, and its position, counted from the start, is the depth of that node. The tree is kept from one resolution to
//! the next, each node with a jump to an ancestor farther off (Myers, "An applicative random-access stack", 1983): chains
//! as long as the room's history meet after a number of steps that is a logarithm of it, and nothing is walked twice.

use super::RoomView;
use crate::nid::EventNid;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// A power levels event in the tree.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    /// The node of the power levels event below it: [`GROUND`] under the first of a chain.
    below: u32,
    /// That of an ancestor; at one depth all jumps are equally long.
    jump: u32,
    depth: u32,
}

/// What all chains end in: the node of no event, at depth 0.
const GROUND: u32 = 0;
/// Stands for the node of an event whose chain is being walked.
const PENDING: u32 = u32::MAX;

/// The tree of a room's power levels events, as far as anybody asked, and the event whose chain is the mainline.
#[derive(Clone, Debug, Default)]
pub(super) struct Mainline {
    places: HashMap<EventNid, u32, FixedState>,
    nodes: Vec<Node>,
    /// Whether a chain may go on differently the next time: an auth event has not come, or events name each other.
    is_provisional: bool,
    top: u32,
    path: Vec<EventNid>,
}

impl Mainline {
    /// Starts from the power levels event that the power phase has left.
    pub(super) fn start<G>(&mut self, room: &RoomView<'_, G>, power_levels: Option<EventNid>) {
        if self.is_provisional {
            self.places.clear();
            self.nodes.clear();
            self.is_provisional = false;
        }
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        self.top = self.node(room, power_levels);
    }

    /// Returns the position of an event ([`SortKeys::Mainline`](super::SortKeys::Mainline)): that of the mainline event it
    /// stands on, 1 for the oldest of them, and 0 if it stands on none.
    pub(super) fn position<G>(&mut self, room: &RoomView<'_, G>, event: EventNid) -> u32 {
        let own = if room.is_power_levels(event) { Some(event) } else { room.power_levels_above(event) };
        let node = self.node(room, own);
        self.common_depth(node, self.top)
    }

    /// Returns the node of a power levels event, walking its chain as far as it is not in the tree.
    fn node<G>(&mut self, room: &RoomView<'_, G>, event: Option<EventNid>) -> u32 {
        self.path.clear();
        let mut at = event;
        let mut below = loop {
            let Some(event) = at else { break GROUND };
            match self.places.get(&event) {
                None => {}
                // Auth events that go in a circle end here; ids that servers choose (versions 1 and 2) allow it.
                Some(&PENDING) => {
                    self.is_provisional = true;
                    break GROUND;
                }
                Some(&node) => break node,
            }
            self.places.insert(event, PENDING);
            self.path.push(event);
            self.is_provisional |= !room.events.auth_events(event).iter().all(|&event| room.events.holds(event));
            at = room.power_levels_above(event);
        };
        while let Some(event) = self.path.pop() {
            let node = self.nodes.len() as u32;
            self.nodes.push(self.above(below));
            self.places.insert(event, node);
            below = node;
        }
        below
    }

    /// Returns what a node above `below` is made of.
    fn above(&self, below: u32) -> Node {
        let depth = |node| self.at(node).depth;
        let Node { jump, depth: own, .. } = self.at(below);
        let beyond = self.at(jump).jump;
        // Two jumps of one length end side by side: the next one spans both.
        let spans = own - depth(jump) == depth(jump) - depth(beyond);
        Node { below, jump: if spans { beyond } else { below }, depth: own + 1 }
    }

    /// Returns the depth of the lowest node that the chains of two nodes have in common, however far down it is.
    fn common_depth(&self, a: u32, b: u32) -> u32 {
        let (mut a, mut b) = if self.at(a).depth < self.at(b).depth { (a, b) } else { (b, a) };
        let depth = self.at(a).depth;
        while self.at(b).depth > depth {
            let Node { below, jump, .. } = self.at(b);
            b = if self.at(jump).depth >= depth { jump } else { below };
        }
        while a != b {
            let (one, other) = (self.at(a), self.at(b));
            (a, b) = if one.jump == other.jump { (one.below, other.below) } else { (one.jump, other.jump) };
        }
        self.at(a).depth
    }

    #[inline]
    fn at(&self, node: u32) -> Node {
        self.nodes.get(node as usize).copied().unwrap_or_default()
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.places.allocation_size() + size_of::<Node>() * self.nodes.capacity() + 4 * self.path.capacity()
    }
}
