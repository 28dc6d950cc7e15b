//! What the rules ask of user ids, as Synapse asks it: less than the grammar of the specification.

use super::level::python_int;
use core::net::Ipv6Addr;

/// Returns the server name in an id: what follows the first colon.
///
/// The rules compare these and refuse an id without one.
#[inline]
#[must_use]
pub fn domain(id: &str) -> Option<&str> {
    // Colons come early: looking for one byte after another is done before a search for many at once has begun.
    let colon = id.bytes().position(|byte| byte == b':')?;
    id.get(colon + 1..)
}

/// Returns whether this can stand as a user id among power levels: `@`, something, a colon, something.
#[inline]
#[must_use]
pub fn is_user_id(id: &str) -> bool {
    id.starts_with('@') && id.contains(':')
}

/// Returns whether this can stand as a user id in `additional_creators`: at most 255 bytes, with a server name that is a
/// host name or an IP address, with or without a port.
pub(super) fn is_strict_user_id(id: &str) -> bool {
    id.len() <= 255 && id.starts_with('@') && domain(id).is_some_and(is_server_name)
}

fn is_server_name(name: &str) -> bool {
    let (host, port) = match name.rsplit_once(':') {
        Some((host, port)) if !name.ends_with(']') => (host, Some(port)),
        _ => (name, None),
    };
    if port.is_some_and(|port| python_int(port).is_none()) {
        return false;
    }
    match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').is_some_and(|address| {
            let address = address.split_once('%').map_or(address, |(address, _)| address);
            address.parse::<Ipv6Addr>().is_ok()
        }),
        None => host
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')),
    }
}
