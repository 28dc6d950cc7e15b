//! The test vectors of RFC 8032, section 7.1, and what must not pass.

use super::*;
use ed25519_compact::{KeyPair, Seed};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().map(|digit| char::from(digit).to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn array<const N: usize>(hex: &str) -> [u8; N] {
    bytes(hex).try_into().unwrap()
}

/// Signs, and returns the public key with the signature.
pub(in crate::state::auth) fn sign(seed: &[u8; 32], message: &[u8]) -> ([u8; 32], [u8; 64]) {
    let pair = KeyPair::from_seed(Seed::new(*seed));
    (*pair.pk, *pair.sk.sign(message, None))
}

/// The order of the base point, least byte first: 2^252 + 27742317777372353535851937790883648493.
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

const VECTORS: [(&str, &str, &str, &str); 4] = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
];

#[test]
fn the_published_signatures_hold_and_no_others() {
    for (seed, key, message, signature) in VECTORS {
        let (key, message, signature) = (array::<32>(key), bytes(message), array::<64>(signature));
        assert_eq!(sign(&array(seed), &message), (key, signature));
        assert!(verify(&key, &message, &signature));
        assert!(!verify(&key, b"something else", &signature));
        for at in [0, 31, 32, 63] {
            let mut forged = signature;
            forged[at] ^= 1;
            assert!(!verify(&key, &message, &forged), "byte {at}");
        }
        assert!(!verify(&array(VECTORS[0].1), b"x", &signature));
    }
}

#[test]
fn many_signatures_hold() {
    let mut seed = [7; 32];
    for round in 0..40_u32 {
        let (key, signature) = sign(&seed, &round.to_le_bytes());
        assert!(verify(&key, &round.to_le_bytes(), &signature));
        assert!(!verify(&key, &(round + 1).to_le_bytes(), &signature));
        seed = key;
    }
}

#[test]
fn a_signature_has_one_form() {
    let (_, key, message, signature) = VECTORS[2];
    let mut larger = array::<64>(signature);
    // The same scalar plus the order of the base point.
    let mut carry = 0;
    for (byte, more) in larger[32..].iter_mut().zip(bytes(ORDER)) {
        let sum = u16::from(*byte) + u16::from(more) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    assert!(!verify(&array(key), &bytes(message), &larger));
}

#[test]
fn keys_of_small_order_vouch_for_nothing() {
    // Identity, order 2 (y = −1), order 4 (y = 0), and y = 1 written as p + 1.
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut minus_one = [0xff; 32];
    minus_one[0] = 0xec;
    minus_one[31] = 0x7f;
    let mut not_reduced = [0xff; 32];
    not_reduced[0] = 0xee;
    not_reduced[31] = 0x7f;
    let mut signature = [0; 64];
    signature[0] = 1;
    for key in [identity, minus_one, [0; 32], not_reduced] {
        assert!(!verify(&key, b"", &signature));
    }
}
