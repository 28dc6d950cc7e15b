//! What goes out to JavaScript as objects, with the names of the public surface, as JSON.

use crate::event::table::{Arrival, Verdict};
use crate::nid::EventNid;
use crate::room::{AddReport, Problem, Room};
use crate::view::json::Json;

/// Writes what is known of an event; nothing if it is not held.
pub(super) fn write_event(room: &Room, nid: EventNid, out: &mut Json) {
    let Some(info) = room.event(nid) else { return };
    out.open('{');
    out.key("eventId");
    out.string(info.event_id);
    out.key("type");
    out.string(info.kind);
    out.key("stateKey");
    write_or_null(info.state_key, out);
    out.key("sender");
    out.string(info.sender);
    out.key("originServerTs");
    out.number(info.origin_server_ts);
    out.key("depth");
    out.number(info.depth.cast_signed());
    out.key("streamOrdering");
    out.number(info.stream_ordering.into());
    out.key("arrival");
    out.string(match info.arrival {
        Arrival::Live => "live",
        Arrival::Backfill => "backfill",
        Arrival::Outlier => "outlier",
    });
    out.key("prevEvents");
    out.strings(&mut info.prev_events.into_iter());
    out.key("authEvents");
    out.strings(&mut info.auth_events.into_iter());
    out.key("verdict");
    out.string(match info.verdict {
        Verdict::Accepted => "accepted",
        Verdict::SoftFailed => "soft-failed",
        Verdict::Rejected => "rejected",
        Verdict::Outlier => "outlier",
    });
    if let Some(reason) = room.reason(nid) {
        out.key("reason");
        out.string(&reason);
    }
    out.key("stateId");
    match room.state_id(nid) {
        Some(id) => out.hex(&id.to_be_bytes()),
        None => out.null(),
    }
    out.close('}');
}

pub(super) fn write_or_null(string: Option<&str>, out: &mut Json) {
    match string {
        Some(string) => out.string(string),
        None => out.null(),
    }
}

/// Writes the ids of some events.
pub(super) fn write_ids(room: &Room, nids: &[EventNid], out: &mut Json) {
    out.strings(&mut nids.iter().map(|&nid| room.strings().event_id(nid)));
}

/// Writes an object of numbers.
pub(super) fn write_numbers(members: &mut dyn Iterator<Item = (&'static str, u64)>, out: &mut Json) {
    out.open('{');
    for (key, number) in members {
        out.key(key);
        out.number(number.cast_signed());
    }
    out.close('}');
}

/// The counts of a report.
pub(super) fn report(report: &AddReport) -> String {
    let mut out = Json::default();
    let counts = [
        ("added", report.events.len() as u64),
        ("duplicates", report.duplicates.into()),
        ("accepted", report.accepted.into()),
        ("softFailed", report.soft_failed.into()),
        ("rejected", report.rejected.into()),
        ("outliers", report.outliers.into()),
    ];
    let more = (report.more_problems > 0).then_some(("moreProblems", report.more_problems.into()));
    write_numbers(&mut counts.into_iter().chain(more), &mut out);
    out.into_text()
}

/// A list of problems.
pub(super) fn problems(problems: &[Problem]) -> String {
    let mut out = Json::default();
    out.open('[');
    for problem in problems {
        out.open('{');
        out.key("at");
        out.number(problem.at.into());
        if let Some(id) = &problem.event_id {
            out.key("eventId");
            out.string(id);
        }
        out.key("code");
        out.string(problem.code);
        out.key("message");
        out.string(&problem.message);
        out.close('}');
    }
    out.close(']');
    out.into_text()
}
