//! Ed25519 signatures, checked: third-party invites stand on them.
//!
//! An identity server's signature is part of an auth rule, so that every server must come to the same answer about it.
//! The arithmetic is `ed25519-compact`'s, which answers as libsodium does, on which Synapse stands: keys of small order
//! and scalars that are not reduced are refused, nothing is multiplied by the cofactor.

use ed25519_compact::{PublicKey, Signature};

/// Returns whether `signature` over `message` was made with the private half of `key`.
#[inline(never)]
pub(super) fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    PublicKey::new(*key).verify(message, &Signature::new(*signature)).is_ok()
}

#[cfg(test)]
pub(super) mod tests;
