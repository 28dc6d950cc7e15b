//! The event graph as DOT, the language of Graphviz, for whoever draws it elsewhere.
//!
//! A node an event, named by its event id; an edge from a child to each of its parents, older events on top. Parents that
//! are not held are drawn dashed: they are the gaps. Graphviz lays out some thousand events, not more: give it a part.

use crate::event::table::Verdict;
use crate::graph::bits::EventBits;
use crate::nid::EventNid;
use crate::room::{Room, RoomError};
use crate::sort;
use core::fmt::Write as _;

/// What events are drawn together by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cluster {
    /// The snapshot before them, by its number in the tables of Dendrite's room server.
    Snapshot,
    /// Their state group.
    StateGroup,
}

/// Returns the graph of `events` as [`dot`] does, those with one snapshot or state group in a box of their own.
///
/// # Errors
/// If memory runs out.
pub fn clustered(room: &mut Room, events: &[EventNid], cluster: Cluster) -> Result<String, RoomError> {
    match cluster {
        Cluster::Snapshot => drop(room.room_server()?),
        Cluster::StateGroup => drop(room.groups()?),
    }
    let room = &*room;
    let (server, groups, _) = room.tables();
    let (what, number): (_, &dyn Fn(EventNid) -> u32) = match cluster {
        Cluster::Snapshot => ("snapshot", &|nid| server.before(nid).map_or(0, |list| server.snapshot_nid(list))),
        Cluster::StateGroup => ("state group", &|nid| groups.of(nid)),
    };
    let mut members: Vec<(u32, EventNid)> = events.iter().map(|&nid| (number(nid), nid)).collect();
    members.retain(|member| member.0 != 0);
    sort::by_number(&mut members, |member| member.0);
    let mut out = dot(room, events);
    // Before the brace that ends the graph.
    out.truncate(out.len().saturating_sub(2));
    for members in members.chunk_by(|a, b| a.0 == b.0) {
        let number = members.first().map_or(0, |member| member.0);
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  subgraph \"cluster_{number}\" {{\n    label=\"{what} {number}\";");
        for (_, nid) in members {
            out.push_str("    ");
            write_quoted(room.strings().event_id(*nid), &mut out);
            out.push_str(";\n");
        }
        out.push_str("  }\n");
    }
    out.push_str("}\n");
    Ok(out)
}

/// Returns the graph of `events`, in their order. Parents that are held but not among them are left out.
#[must_use]
pub fn dot(room: &Room, events: &[EventNid]) -> String {
    let mut drawing = Drawing { room, out: String::new(), drawn: EventBits::with_ids(room.events().ids()) };
    drawing.out.push_str("digraph ");
    write_quoted(room.room_id().unwrap_or_default(), &mut drawing.out);
    drawing.out.push_str(" {\n  rankdir=BT;\n  node [shape=box, fontname=\"sans-serif\"];\n");
    let mut events = events.to_vec();
    events.retain(|&nid| drawing.node(nid));
    for nid in events {
        drawing.edges(nid);
    }
    drawing.out.push_str("}\n");
    drawing.out
}

struct Drawing<'a> {
    room: &'a Room,
    out: String,
    drawn: EventBits,
}

impl Drawing<'_> {
    /// Draws a held event, if it has not been drawn: state events as boxes, others rounded; what was refused in colour.
    fn node(&mut self, nid: EventNid) -> bool {
        let (events, strings) = (self.room.events(), self.room.strings());
        let (Some(kind), Some(sender)) = (events.kind(nid), events.sender(nid)) else { return false };
        if !self.drawn.insert(nid) {
            return false;
        }
        let state_key = events.state_key(nid).map(|key| strings.state_key(key));
        let key = state_key.filter(|key| !key.is_empty());
        self.name("  ", nid);
        self.out.push_str(" [label=\"");
        for line in [Some(strings.event_type(kind)), key, Some(strings.state_key(sender))].into_iter().flatten() {
            write_escaped(line, &mut self.out);
            self.out.push_str("\\n");
        }
        // Writing to a String cannot fail.
        let _ = write!(self.out, "{}\"", events.depth(nid));
        self.out.push_str(if state_key.is_some() { "" } else { ", shape=ellipse" });
        self.out.push_str(match events.verdict(nid) {
            Verdict::Accepted => "];\n",
            Verdict::SoftFailed => ", color=orange, style=dashed];\n",
            Verdict::Rejected => ", color=red, style=dashed];\n",
            Verdict::Outlier => ", color=gray, style=dashed];\n",
        });
        true
    }

    /// Draws the edges to an event's parents, and those of the parents that are gaps.
    fn edges(&mut self, nid: EventNid) {
        let events = self.room.events();
        for &parent in events.prev_events(nid) {
            let gap = !events.holds_as_event(parent);
            if gap && self.drawn.insert(parent) {
                self.name("  ", parent);
                self.out.push_str(" [label=\"not held\", color=gray, style=dashed];\n");
            }
            if self.drawn.contains(parent) {
                self.name("  ", nid);
                self.name(" -> ", parent);
                self.out.push_str(";\n");
            }
        }
    }

    fn name(&mut self, before: &str, nid: EventNid) {
        self.out.push_str(before);
        write_quoted(self.room.strings().event_id(nid), &mut self.out);
    }
}

fn write_quoted(text: &str, out: &mut String) {
    out.push('"');
    write_escaped(text, out);
    out.push('"');
}

/// Writes what stands between quotes. Graphviz reads a backslash as an escape in labels, and no text may hold a NUL:
/// backslashes are doubled and control characters of ASCII spelled out.
fn write_escaped(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\0'..' ' => {
                // As above.
                let _ = write!(out, "\\\\u{:04x}", u32::from(character));
            }
            character => out.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{AddOptions, RoomOptions};

    fn room(events: &[&str]) -> Room {
        let mut room = Room::new(RoomOptions::default());
        let report = room.add(events.join("\n").as_bytes(), AddOptions::default()).unwrap();
        assert_eq!(report.problems, []);
        room
    }

    const CREATE: &str = r#"{"event_id":"$create","room_id":"!r:x","type":"m.room.create","state_key":"","sender":"@a:x","content":{"room_version":"11"},"depth":1,"origin_server_ts":1,"prev_events":[],"auth_events":[]}"#;
    const JOIN: &str = r#"{"event_id":"$join","room_id":"!r:x","type":"m.room.member","state_key":"@a:x","sender":"@a:x","content":{"membership":"join"},"depth":2,"origin_server_ts":1,"prev_events":["$create"],"auth_events":["$create"]}"#;
    const TEXT: &str = r#"{"event_id":"$\"t\\","room_id":"!r:x","type":"a\n\"b\\","sender":"@a:x","content":{},"depth":3,"origin_server_ts":1,"prev_events":["$join","$lost"],"auth_events":["$create","$join"]}"#;

    #[test]
    fn draws_events_edges_and_gaps() {
        let room = room(&[CREATE, JOIN, TEXT]);
        let expected = r#"digraph "!r:x" {
  rankdir=BT;
  node [shape=box, fontname="sans-serif"];
  "$create" [label="m.room.create\n@a:x\n1"];
  "$join" [label="m.room.member\n@a:x\n@a:x\n2"];
  "$\"t\\" [label="a\\u000a\"b\\\n@a:x\n3", shape=ellipse, color=gray, style=dashed];
  "$join" -> "$create";
  "$\"t\\" -> "$join";
  "$lost" [label="not held", color=gray, style=dashed];
  "$\"t\\" -> "$lost";
}
"#;
        assert_eq!(dot(&room, room.topological()), expected);
    }

    #[test]
    fn puts_events_of_one_group_or_snapshot_into_a_box() {
        let mut room = room(&[CREATE, JOIN, TEXT]);
        let events = room.topological().to_vec();
        let drawn = clustered(&mut room, &events, Cluster::StateGroup).unwrap();
        assert!(drawn.starts_with(dot(&room, &events).trim_end_matches("}\n")));
        let boxes = drawn.split("  subgraph ").skip(1).collect::<Vec<_>>();
        assert_eq!(
            boxes,
            [
                "\"cluster_2\" {\n    label=\"state group 2\";\n    \"$create\";\n  }\n",
                "\"cluster_3\" {\n    label=\"state group 3\";\n    \"$join\";\n  }\n}\n",
            ]
        );
        let drawn = clustered(&mut room, &events, Cluster::Snapshot).unwrap();
        assert_eq!(drawn.matches("label=\"snapshot ").count(), 2);
    }

    #[test]
    fn draws_a_part_without_what_is_held_elsewhere() {
        let room = room(&[CREATE, JOIN, TEXT]);
        let text = room.find("$\"t\\").unwrap();
        let drawn = dot(&room, &[text, text]);
        assert!(!drawn.contains("$join") && drawn.contains("$lost"));
        assert_eq!((drawn.matches("[label=").count(), drawn.matches("->").count()), (2, 1));
    }
}
