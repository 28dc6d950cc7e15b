//! Walks over edges.

use super::bits::EventBits;
use crate::nid::EventNid;

/// Returns every event that can be reached from `from` over `edges`, `from` included, each once, in the order found.
/// Costs O(events and edges reached); no recursion.
pub fn reachable<'a>(
    ids: usize,
    from: impl IntoIterator<Item = EventNid>,
    edges: impl Fn(EventNid) -> &'a [EventNid],
) -> Vec<EventNid> {
    let mut seen = EventBits::with_ids(ids);
    let mut found: Vec<EventNid> = from.into_iter().filter(|&nid| seen.insert(nid)).collect();
    let mut next = 0;
    while let Some(&nid) = found.get(next) {
        next += 1;
        found.extend(edges(nid).iter().copied().filter(|&nid| seen.insert(nid)));
    }
    found
}
