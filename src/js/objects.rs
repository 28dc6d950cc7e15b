//! The objects that go out to JavaScript, with the names of the public surface.

use crate::event::table::{Arrival, Verdict};
use crate::room::{AddReport, EventInfo, Room};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventObject<'a> {
    event_id: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    state_key: Option<&'a str>,
    sender: &'a str,
    origin_server_ts: f64,
    depth: f64,
    stream_ordering: i32,
    arrival: &'static str,
    prev_events: Vec<&'a str>,
    auth_events: Vec<&'a str>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    state_id: Option<String>,
}

impl<'a> EventObject<'a> {
    pub(super) fn new(room: &Room, info: EventInfo<'a>) -> Self {
        Self {
            reason: room.reason(info.nid),
            state_id: room.state_id(info.nid).map(state_id),
            event_id: info.event_id,
            kind: info.kind,
            state_key: info.state_key,
            sender: info.sender,
            origin_server_ts: info.origin_server_ts as f64,
            depth: info.depth as f64,
            stream_ordering: info.stream_ordering,
            arrival: match info.arrival {
                Arrival::Live => "live",
                Arrival::Backfill => "backfill",
                Arrival::Outlier => "outlier",
            },
            prev_events: info.prev_events,
            auth_events: info.auth_events,
            verdict: verdict(info.verdict),
        }
    }
}

/// A state id as 32 hexadecimal digits.
pub(super) fn state_id(id: u128) -> String {
    format!("{id:032x}")
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "accepted",
        Verdict::SoftFailed => "soft-failed",
        Verdict::Rejected => "rejected",
        Verdict::Outlier => "outlier",
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GapObject<'a> {
    pub(super) event_id: &'a str,
    pub(super) missing: Vec<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AddReportObject {
    added: usize,
    duplicates: u32,
    accepted: u32,
    soft_failed: u32,
    rejected: u32,
    outliers: u32,
    problems: Vec<ProblemObject>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProblemObject {
    at: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<String>,
    code: &'static str,
    message: String,
}

impl From<AddReport> for AddReportObject {
    fn from(report: AddReport) -> Self {
        Self {
            added: report.events.len(),
            duplicates: report.duplicates,
            accepted: report.accepted,
            soft_failed: report.soft_failed,
            rejected: report.rejected,
            outliers: report.outliers,
            problems: report
                .problems
                .into_iter()
                .map(|problem| ProblemObject {
                    at: problem.at,
                    event_id: problem.event_id,
                    code: problem.code,
                    message: problem.message,
                })
                .collect(),
        }
    }
}
