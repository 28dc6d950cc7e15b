//! Why a text is not an event. Relies on [`crate::event::json`].

use crate::event::json::{JsonError, JsonFault};

/// Why a text is not a PDU that can be taken in.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PduError {
    /// The text is not JSON.
    #[error("this is not JSON: {0}")]
    Json(JsonError),
    /// The text is JSON, but no object.
    #[error("an event is a JSON object")]
    NotAnObject,
    /// A field that every event has is missing.
    #[error("the event has no `{0}`{hint}", hint = missing_hint(.0))]
    Missing(&'static str),
    /// A field has a value of the wrong type.
    #[error("`{field}` must be {wanted}")]
    Wrong {
        /// The field.
        field: &'static str,
        /// What it must be.
        wanted: &'static str,
    },
    /// `depth` is not an integer from 0 to 2^53 − 1.
    #[error("`depth` must be an integer from 0 to 2^53 - 1, and is {0}")]
    Depth(String),
    /// More parents than servers accept.
    #[error("the event names {0} parents in `prev_events`; servers accept at most 20")]
    PrevEvents(usize),
    /// More auth events than servers accept.
    #[error("the event names {0} events in `auth_events`; servers accept at most 10")]
    AuthEvents(usize),
    /// A string or the whole event is too long.
    #[error("{what} is longer than {limit} {unit}")]
    TooLarge {
        /// What is too long.
        what: &'static str,
        /// The limit.
        limit: usize,
        /// Of what.
        unit: &'static str,
    },
}

fn missing_hint(field: &str) -> &'static str {
    match field {
        "prev_events" | "auth_events" | "depth" => {
            "; is this the client format? Export the events in federation format (PDUs)"
        }
        _ => "",
    }
}

impl PduError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json(JsonError { fault: JsonFault::Nesting, .. }) => "too-deep",
            Self::Json(_) => "bad-json",
            Self::NotAnObject => "not-an-event",
            Self::Missing(_) => "missing-field",
            Self::Wrong { .. } => "bad-field",
            Self::Depth(_) => "bad-depth",
            Self::PrevEvents(_) => "too-many-prev-events",
            Self::AuthEvents(_) => "too-many-auth-events",
            Self::TooLarge { .. } => "too-large",
        }
    }
}

impl From<JsonError> for PduError {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}
