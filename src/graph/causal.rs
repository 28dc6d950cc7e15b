//! The order in which a batch of events can be taken in: parents and auth events first.
//!
//! Kahn's algorithm over the batch. An order that is causal already stays as it is; otherwise, of the events that are
//! ready, the one with the least key comes next, so that the result does not depend on the order of the input. Events on
//! a cycle can never come and are told apart from those that merely follow one (Tarjan's strongly connected components,
//! without recursion). Costs O((n + edges) log n).

use crate::sort;
use core::cmp::Reverse;
use std::collections::BinaryHeap;

/// A causal order of the nodes 0 … n−1.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CausalOrder {
    /// The nodes that can be taken in, in order.
    pub order: Vec<u32>,
    /// The nodes on a cycle, by number.
    pub cyclic: Vec<u32>,
}

/// Edges of a batch as numbers of nodes: `targets[starts[n]..starts[n + 1]]` are what node n waits for.
#[derive(Clone, Debug)]
pub struct Dependencies {
    starts: Vec<u32>,
    targets: Vec<u32>,
}

impl Default for Dependencies {
    fn default() -> Self {
        Self { starts: vec![0], targets: Vec::new() }
    }
}

impl Dependencies {
    /// Adds the next node, which waits for `targets`.
    pub fn push(&mut self, targets: impl IntoIterator<Item = u32>) {
        self.targets.extend(targets);
        self.starts.push(self.targets.len() as u32);
    }

    /// Returns how many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Returns whether there is no node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns what `node` waits for.
    #[must_use]
    pub fn of(&self, node: u32) -> &[u32] {
        let at = |index: usize| self.starts.get(index).copied().unwrap_or_default() as usize;
        self.targets.get(at(node as usize)..at(node as usize + 1)).unwrap_or_default()
    }
}

/// Sorts the nodes of `dependencies`; `key` decides between nodes that are ready at the same time.
#[inline(never)]
pub fn sort<K: Ord>(dependencies: &Dependencies, key: impl Fn(u32) -> K) -> CausalOrder {
    let nodes = dependencies.len() as u32;
    if (0..nodes).all(|node| dependencies.of(node).iter().all(|&target| target < node)) {
        return CausalOrder { order: (0..nodes).collect(), cyclic: Vec::new() };
    }
    let followers = reverse(dependencies);
    let mut waiting: Vec<u32> = (0..nodes).map(|node| dependencies.of(node).len() as u32).collect();
    let mut order = Vec::with_capacity(nodes as usize);
    let mut ready: BinaryHeap<Reverse<(K, u32)>> =
        (0..nodes).filter(|&node| dependencies.of(node).is_empty()).map(|node| Reverse((key(node), node))).collect();
    let mut done = vec![false; nodes as usize];
    run(&mut ready, &followers, &mut waiting, &mut done, &mut order, &key);
    if order.len() == nodes as usize {
        return CausalOrder { order, cyclic: Vec::new() };
    }
    let cyclic = on_cycles(dependencies, &done);
    for &node in &cyclic {
        mark(&mut done, node);
    }
    // What waited for a cycle goes on without it.
    for &node in &cyclic {
        for &follower in followers.of(node) {
            release(follower, &mut waiting, &done, &mut ready, &key);
        }
    }
    run(&mut ready, &followers, &mut waiting, &mut done, &mut order, &key);
    CausalOrder { order, cyclic }
}

fn run<K: Ord>(
    ready: &mut BinaryHeap<Reverse<(K, u32)>>,
    followers: &Dependencies,
    waiting: &mut [u32],
    done: &mut [bool],
    order: &mut Vec<u32>,
    key: &impl Fn(u32) -> K,
) {
    while let Some(Reverse((_, node))) = ready.pop() {
        mark(done, node);
        order.push(node);
        for &follower in followers.of(node) {
            release(follower, waiting, done, ready, key);
        }
    }
}

fn release<K: Ord>(
    node: u32,
    waiting: &mut [u32],
    done: &[bool],
    ready: &mut BinaryHeap<Reverse<(K, u32)>>,
    key: &impl Fn(u32) -> K,
) {
    let Some(count) = waiting.get_mut(node as usize) else { return };
    *count -= 1;
    if *count == 0 && done.get(node as usize) == Some(&false) {
        ready.push(Reverse((key(node), node)));
    }
}

fn mark(done: &mut [bool], node: u32) {
    if let Some(done) = done.get_mut(node as usize) {
        *done = true;
    }
}

/// Returns the reversed edges.
fn reverse(dependencies: &Dependencies) -> Dependencies {
    let nodes = dependencies.len();
    let mut starts = vec![0_u32; nodes + 1];
    for &target in &dependencies.targets {
        if let Some(start) = starts.get_mut(target as usize + 1) {
            *start += 1;
        }
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let mut next = starts.clone();
    let mut targets = vec![0; dependencies.targets.len()];
    for node in 0..nodes as u32 {
        for &target in dependencies.of(node) {
            let Some(at) = next.get_mut(target as usize) else { continue };
            if let Some(slot) = targets.get_mut(*at as usize) {
                *slot = node;
            }
            *at += 1;
        }
    }
    Dependencies { starts, targets }
}

/// Returns the nodes that are not done and lie on a cycle, by number.
fn on_cycles(dependencies: &Dependencies, done: &[bool]) -> Vec<u32> {
    const UNSEEN: u32 = u32::MAX;
    let nodes = dependencies.len();
    let mut index = vec![UNSEEN; nodes];
    let mut low = vec![0_u32; nodes];
    let mut on_stack = vec![false; nodes];
    let mut stack: Vec<u32> = Vec::new();
    let mut calls: Vec<(u32, u32)> = Vec::new();
    let mut next_index = 0;
    let mut cyclic = Vec::new();
    let open = |node: u32| done.get(node as usize) == Some(&false);
    let get = |column: &[u32], node: u32| column.get(node as usize).copied().unwrap_or(UNSEEN);
    for root in (0..nodes as u32).filter(|&node| open(node)) {
        if get(&index, root) != UNSEEN {
            continue;
        }
        calls.push((root, 0));
        while let Some(&(node, edge)) = calls.last() {
            if edge == 0 && get(&index, node) == UNSEEN {
                set(&mut index, node, next_index);
                set(&mut low, node, next_index);
                next_index += 1;
                stack.push(node);
                mark(&mut on_stack, node);
            }
            if let Some(&target) = dependencies.of(node).get(edge as usize) {
                if let Some(call) = calls.last_mut() {
                    call.1 += 1;
                }
                if !open(target) {
                    continue;
                }
                if get(&index, target) == UNSEEN {
                    calls.push((target, 0));
                } else if on_stack.get(target as usize) == Some(&true) {
                    let least = get(&low, node).min(get(&index, target));
                    set(&mut low, node, least);
                }
                continue;
            }
            calls.pop();
            if let Some(&(caller, _)) = calls.last() {
                let least = get(&low, caller).min(get(&low, node));
                set(&mut low, caller, least);
            }
            if get(&low, node) != get(&index, node) {
                continue;
            }
            let from = stack.iter().rposition(|&member| member == node).unwrap_or(0);
            let component = stack.split_off(from);
            for &member in &component {
                if let Some(on_stack) = on_stack.get_mut(member as usize) {
                    *on_stack = false;
                }
            }
            if component.len() > 1 || dependencies.of(node).contains(&node) {
                cyclic.extend(component);
            }
        }
    }
    sort::by_number(&mut cyclic, core::convert::identity);
    cyclic
}

fn set(column: &mut [u32], node: u32, value: u32) {
    if let Some(entry) = column.get_mut(node as usize) {
        *entry = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dependencies(edges: &[Vec<u32>]) -> Dependencies {
        let mut all = Dependencies::default();
        for targets in edges {
            all.push(targets.iter().copied());
        }
        all
    }

    /// Whether `to` can be reached from `from` in one step or more.
    fn reaches(edges: &[Vec<u32>], from: u32, to: u32) -> bool {
        let mut seen = vec![false; edges.len()];
        let mut work = edges[from as usize].clone();
        while let Some(node) = work.pop() {
            if node == to {
                return true;
            }
            if !std::mem::replace(&mut seen[node as usize], true) {
                work.extend(&edges[node as usize]);
            }
        }
        false
    }

    proptest! {
        #[test]
        fn puts_parents_first_and_names_exactly_the_cycles(
            edges in (1_usize..14).prop_flat_map(|n| prop::collection::vec(prop::collection::vec(0..n as u32, 0..3), n))
        ) {
            let sorted = sort(&dependencies(&edges), |node| node);
            let cyclic: Vec<u32> = (0..edges.len() as u32).filter(|&node| reaches(&edges, node, node)).collect();
            prop_assert_eq!(&sorted.cyclic, &cyclic);
            prop_assert_eq!(sorted.order.len() + cyclic.len(), edges.len());
            for (place, node) in sorted.order.iter().enumerate() {
                for target in &edges[*node as usize] {
                    prop_assert!(cyclic.contains(target) || sorted.order[..place].contains(target));
                }
            }
        }
    }

    #[test]
    fn keeps_a_causal_order_and_is_stable_otherwise() {
        let forward = dependencies(&[vec![], vec![], vec![0], vec![1, 2]]);
        assert_eq!(sort(&forward, Reverse).order, [0, 1, 2, 3]);
        let backward = dependencies(&[vec![1, 2], vec![3], vec![3], vec![]]);
        assert_eq!(sort(&backward, |node| node).order, [3, 1, 2, 0]);
        assert_eq!(sort(&backward, Reverse).order, [3, 2, 1, 0]);
    }

    #[test]
    fn sorts_a_million_nodes_in_a_row() {
        let mut chain = Dependencies::default();
        for node in 0..1_000_000 {
            chain.push((node < 999_999).then_some(node + 1));
        }
        let sorted = sort(&chain, |node| node);
        assert!(sorted.order.iter().rev().copied().eq(0..1_000_000));
        let mut ring = Dependencies::default();
        for node in 0..1_000_000_u32 {
            ring.push([(node + 1) % 1_000_000]);
        }
        assert_eq!(sort(&ring, |node| node).cyclic.len(), 1_000_000);
    }
}
