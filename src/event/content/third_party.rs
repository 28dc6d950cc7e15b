//! Invites to somebody who is not yet a Matrix user: what the invite and the key event say.

use super::Stop;
use crate::event::json::{Kind, Reader};
use crate::nid::{EventStateKeyNid, Strings};

/// Of more keys than this the rest is left out: real invites have one or two, and each costs a check.
const MOST: usize = 4;

/// `third_party_invite` of a member event.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ThirdPartyInvite {
    /// `signed`, if it has all that is needed.
    pub signed: Option<Signed>,
}

/// `third_party_invite.signed`: what the identity server vouches for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signed {
    /// `token`: the state key of the `m.room.third_party_invite` event; `None` if it is no string.
    pub token: Option<EventStateKeyNid>,
    /// `mxid`: the user who may be invited; `None` if it is no string.
    pub mxid: Option<EventStateKeyNid>,
    /// The first Ed25519 signature, by server and then by key id, if it has the right length. (The specification lets any
    /// of them count; Synapse looks at no other.)
    pub signature: Option<[u8; 64]>,
    /// The JSON text of `signed`, over which the signatures are.
    pub text: Box<str>,
}

/// The public keys in the content of an `m.room.third_party_invite` event.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ThirdPartyKeys {
    /// The first Ed25519 keys that have the right length.
    pub keys: Box<[[u8; 32]]>,
}

impl ThirdPartyInvite {
    #[cold]
    pub(super) fn read(reader: &mut Reader<'_>, strings: &mut Strings) -> Result<Self, Stop> {
        let mut invite = Self::default();
        if !reader.is_or_pass(Kind::Object)? {
            return Ok(invite);
        }
        reader.object::<Stop>(|reader, key| {
            if &*key.decode() != "signed" {
                reader.skip()?;
            } else if reader.is_or_pass(Kind::Object)? {
                invite.signed = Signed::read(reader.skip()?, strings)?;
            } else {
                invite.signed = None;
            }
            Ok(())
        })?;
        Ok(invite)
    }
}

impl Signed {
    fn read(text: &str, strings: &mut Strings) -> Result<Option<Self>, Stop> {
        let (mut token, mut mxid, mut signature) = (None, None, None);
        Reader::new(text).object::<Stop>(|reader, key| {
            let mut string = |reader: &mut Reader<'_>| -> Result<Option<EventStateKeyNid>, Stop> {
                let string = reader.string_or_pass()?;
                Ok(string.map(|string| strings.intern_state_key(&string.decode())).transpose()?)
            };
            match &*key.decode() {
                "token" => token = Some(string(reader)?),
                "mxid" => mxid = Some(string(reader)?),
                "signatures" => signature = Some(read_signature(reader)?),
                _ => drop(reader.skip()?),
            }
            Ok(())
        })?;
        Ok(match (token, mxid, signature) {
            (Some(token), Some(mxid), Some(signature)) => Some(Self { token, mxid, signature, text: text.into() }),
            _ => None,
        })
    }
}

impl ThirdPartyKeys {
    #[cold]
    pub(super) fn read(content: &str) -> Self {
        let (mut own, mut listed) = (None, Vec::new());
        let read = Reader::new(content).object::<Stop>(|reader, key| {
            match &*key.decode() {
                "public_key" => own = read_base64(reader)?,
                "public_keys" if reader.kind()? == Kind::Array => {
                    listed.clear();
                    reader.array::<Stop>(|reader| {
                        if !reader.is_or_pass(Kind::Object)? {
                            return Ok(());
                        }
                        let mut public_key = None;
                        reader.object::<Stop>(|reader, key| {
                            if &*key.decode() == "public_key" {
                                public_key = read_base64(reader)?;
                            } else {
                                reader.skip()?;
                            }
                            Ok(())
                        })?;
                        listed.extend(public_key);
                        Ok(())
                    })?;
                }
                _ => drop(reader.skip()?),
            }
            Ok(())
        });
        if read.is_err() {
            return Self::default();
        }
        Self { keys: own.into_iter().chain(listed).take(MOST).collect() }
    }
}

/// Reads the first signature of `{server: {"ed25519:id": signature}}`.
fn read_signature(reader: &mut Reader<'_>) -> Result<Option<[u8; 64]>, Stop> {
    let mut first: Option<(String, String)> = None;
    let mut signature = None;
    if !reader.is_or_pass(Kind::Object)? {
        return Ok(None);
    }
    reader.object::<Stop>(|reader, server| {
        if !reader.is_or_pass(Kind::Object)? {
            return Ok(());
        }
        reader.object::<Stop>(|reader, key| {
            let by = (server.decode().into_owned(), key.decode().into_owned());
            if by.1.starts_with("ed25519:") && first.as_ref().is_none_or(|first| by <= *first) {
                first = Some(by);
                signature = read_base64(reader)?;
            } else {
                reader.skip()?;
            }
            Ok(())
        })
    })?;
    Ok(signature)
}

/// Reads a string as base64 of exactly `N` bytes, padded or not, in the standard or the URL-safe alphabet: Sydent writes its
/// lasting key in the one and those made for a single invite in the other. The specification allows both, and Synapse
/// (`decode_base64`) even a mixture, with any bits in what the last digit leaves over.
fn read_base64<const N: usize>(reader: &mut Reader<'_>) -> Result<Option<[u8; N]>, Stop> {
    let Some(string) = reader.string_or_pass()? else { return Ok(None) };
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in string.decode().trim_end_matches('=').bytes() {
        let Some(digit) = base64_digit(byte) else { return Ok(None) };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Ok(bytes.try_into().ok())
}

const fn base64_digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}
