//! Ed25519 signatures, checked (RFC 8032, section 5.1.7): third-party invites stand on them.
//!
//! An identity server's signature is part of an auth rule, so that every server must come to the same answer about it.
//! Nothing secret passes through here, which lets the arithmetic be short rather than constant in time: one check takes a
//! few hundred microseconds. Keys and signatures of small order are refused and nothing is multiplied by the cofactor, as
//! libsodium has it, on which Synapse stands.

// Limbs and coordinates have the letters of the formulas.
#![allow(clippy::many_single_char_names)]

use sha2::{Digest, Sha512};

/// Returns whether `signature` over `message` was made with the private half of `key`.
pub(super) fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let (Some(r), Some(s)) = (signature.first_chunk::<32>(), signature.last_chunk::<32>()) else { return false };
    let s = Scalar::from_bytes(s);
    let Some(key_point) = Point::decompress(key) else { return false };
    if !s.is_reduced() || key_point.has_small_order() {
        return false;
    }
    let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message).finalize();
    let k = Scalar::reduce(&hash);
    // R = s·B − k·A
    let expected = s.times_base_plus(k, &key_point.negate());
    !expected.has_small_order() && expected.compress() == *r
}

/// A number below 2^256, least limb first.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Scalar([u64; 4]);

/// The order of the base point: 2^252 + 27742317777372353535851937790883648493.
const ORDER: Scalar = Scalar([0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 0x1000_0000_0000_0000]);

impl Scalar {
    fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut limbs = [0; 4];
        for (limb, chunk) in limbs.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *limb = u64::from_le_bytes(*chunk);
        }
        Self(limbs)
    }

    fn is_reduced(self) -> bool {
        self.0.iter().rev().lt(ORDER.0.iter().rev())
    }

    /// Returns the bytes, least first, modulo the order.
    fn reduce(bytes: &[u8]) -> Self {
        let mut sum = Self([0; 4]);
        for byte in bytes.iter().rev() {
            for bit in (0..8).rev() {
                sum = sum.plus(sum).plus(Self([u64::from(byte >> bit & 1), 0, 0, 0]));
            }
        }
        sum
    }

    /// Returns the sum of two reduced scalars, reduced. Neither has more than 253 bits, so nothing overflows.
    fn plus(self, other: Self) -> Self {
        let mut sum = [0; 4];
        let mut carry = 0;
        for (sum, (a, b)) in sum.iter_mut().zip(self.0.into_iter().zip(other.0)) {
            let wide = u128::from(a) + u128::from(b) + carry;
            *sum = wide as u64;
            carry = wide >> 64;
        }
        let sum = Self(sum);
        if sum.is_reduced() { sum } else { sum.minus_order() }
    }

    fn minus_order(self) -> Self {
        let mut difference = [0; 4];
        let mut borrow = false;
        for (difference, (a, b)) in difference.iter_mut().zip(self.0.into_iter().zip(ORDER.0)) {
            let (part, first) = a.overflowing_sub(b);
            let (rest, second) = part.overflowing_sub(u64::from(borrow));
            *difference = rest;
            borrow = first || second;
        }
        Self(difference)
    }

    fn bit(self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|limb| limb >> (at % 64) & 1 == 1)
    }

    /// Returns `self`·B + `other`·`point`, going through the bits of both at once.
    fn times_base_plus(self, other: Self, point: &Point) -> Point {
        let base = Point::base();
        let both = base.plus(point);
        let mut sum = Point::identity();
        for at in (0..256).rev() {
            sum = sum.plus(&sum);
            match (self.bit(at), other.bit(at)) {
                (true, true) => sum = sum.plus(&both),
                (true, false) => sum = sum.plus(&base),
                (false, true) => sum = sum.plus(point),
                (false, false) => {}
            }
        }
        sum
    }
}

/// An element of the field of 2^255 − 19: five limbs of 51 bits, each kept below 2^52.
#[derive(Clone, Copy)]
struct Field([u64; 5]);

const LIMB: u64 = (1 << 51) - 1;

impl Field {
    const ZERO: Self = Self([0; 5]);
    const ONE: Self = Self([1, 0, 0, 0, 0]);

    const fn small(number: u64) -> Self {
        Self([number, 0, 0, 0, 0])
    }

    /// Reads 255 bits, least first; the last bit is left out.
    fn from_bytes(bytes: &[u8; 32]) -> Self {
        let Scalar([a, b, c, d]) = Scalar::from_bytes(bytes);
        Self([
            a & LIMB,
            (a >> 51 | b << 13) & LIMB,
            (b >> 38 | c << 26) & LIMB,
            (c >> 25 | d << 39) & LIMB,
            d >> 12 & LIMB,
        ])
    }

    fn to_bytes(self) -> [u8; 32] {
        let mut limbs = self.carry().carry().0;
        // The value is below 2^255 now; adding 19 carries out of the top exactly if it is at least 2^255 − 19.
        let mut carry = 19;
        for limb in limbs {
            carry = (limb + carry) >> 51;
        }
        carry *= 19;
        for limb in &mut limbs {
            let sum = *limb + carry;
            *limb = sum & LIMB;
            carry = sum >> 51;
        }
        let [a, b, c, d, e] = limbs;
        let words = [a | b << 51, b >> 13 | c << 38, c >> 26 | d << 25, d >> 39 | e << 12];
        let mut bytes = [0; 32];
        for (chunk, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words) {
            *chunk = word.to_le_bytes();
        }
        bytes
    }

    fn carry(self) -> Self {
        let [a, b, c, d, e] = self.0;
        Self([
            (a & LIMB) + (e >> 51) * 19,
            (b & LIMB) + (a >> 51),
            (c & LIMB) + (b >> 51),
            (d & LIMB) + (c >> 51),
            (e & LIMB) + (d >> 51),
        ])
    }

    fn plus(self, other: Self) -> Self {
        let mut sum = self.0;
        for (sum, limb) in sum.iter_mut().zip(other.0) {
            *sum += limb;
        }
        Self(sum).carry()
    }

    fn minus(self, other: Self) -> Self {
        // 4·(2^255 − 19) is added first, so that no limb goes below 0.
        let mut difference = [4 * (LIMB - 18), 4 * LIMB, 4 * LIMB, 4 * LIMB, 4 * LIMB];
        for (difference, (plus, minus)) in difference.iter_mut().zip(self.0.into_iter().zip(other.0)) {
            *difference = *difference + plus - minus;
        }
        Self(difference).carry()
    }

    fn times(self, other: Self) -> Self {
        let wide = |a: u64, b: u64| u128::from(a) * u128::from(b);
        let [a0, a1, a2, a3, a4] = self.0;
        let [b0, b1, b2, b3, b4] = other.0;
        // What goes past 2^255 comes back times 19.
        let [c1, c2, c3, c4] = [19 * b1, 19 * b2, 19 * b3, 19 * b4];
        let products = [
            wide(a0, b0) + wide(a1, c4) + wide(a2, c3) + wide(a3, c2) + wide(a4, c1),
            wide(a0, b1) + wide(a1, b0) + wide(a2, c4) + wide(a3, c3) + wide(a4, c2),
            wide(a0, b2) + wide(a1, b1) + wide(a2, b0) + wide(a3, c4) + wide(a4, c3),
            wide(a0, b3) + wide(a1, b2) + wide(a2, b1) + wide(a3, b0) + wide(a4, c4),
            wide(a0, b4) + wide(a1, b3) + wide(a2, b2) + wide(a3, b1) + wide(a4, b0),
        ];
        let mut limbs = [0; 5];
        let mut carry: u128 = 0;
        for (limb, product) in limbs.iter_mut().zip(products) {
            let sum = product + carry;
            *limb = sum as u64 & LIMB;
            carry = sum >> 51;
        }
        let top = u128::from(limbs[0]) + carry * 19;
        limbs[0] = top as u64 & LIMB;
        limbs[1] += (top >> 51) as u64;
        Self(limbs)
    }

    /// Returns `self` to the power of 2^`bits` − `less`, for `less` up to 255.
    fn power(self, bits: u32, less: u8) -> Self {
        // All ones but in the last eight bits: 2^bits − 1 − (less − 1).
        let last = u8::MAX - (less - 1);
        let mut result = Self::ONE;
        for at in (0..bits).rev() {
            result = result.times(result);
            if at >= 8 || last >> at & 1 == 1 {
                result = result.times(self);
            }
        }
        result
    }

    fn inverse(self) -> Self {
        self.power(255, 21)
    }

    fn equals(self, other: Self) -> bool {
        self.to_bytes() == other.to_bytes()
    }

    fn is_odd(self) -> bool {
        self.to_bytes()[0] & 1 == 1
    }

    /// The curve's constant, −121665/121666.
    fn d() -> Self {
        Self::ZERO.minus(Self::small(121_665)).times(Self::small(121_666).inverse())
    }

    /// A square root of −1: 2 to the power of (p − 1)/4, which is 2^253 − 5.
    fn root_of_minus_one() -> Self {
        Self::small(2).power(253, 5)
    }
}

/// A point of the curve −x² + y² = 1 + d·x²·y², as (x, y, z, t) with x/z, y/z and t = x·y/z.
#[derive(Clone, Copy)]
struct Point {
    x: Field,
    y: Field,
    z: Field,
    t: Field,
    /// 2·d, which every sum needs.
    d2: Field,
}

impl Point {
    fn new(x: Field, y: Field) -> Self {
        let d = Field::d();
        Self { x, y, z: Field::ONE, t: x.times(y), d2: d.plus(d) }
    }

    fn identity() -> Self {
        Self::new(Field::ZERO, Field::ONE)
    }

    /// The base point: y = 4/5, x even.
    fn base() -> Self {
        let y = Field::small(4).times(Field::small(5).inverse()).to_bytes();
        Self::decompress(&y).unwrap_or_else(Self::identity)
    }

    /// Reads y and the sign of x; `None` if that is no point, or not as it is written.
    fn decompress(bytes: &[u8; 32]) -> Option<Self> {
        let mut plain = *bytes;
        let odd = plain[31] >> 7 == 1;
        plain[31] &= 0x7f;
        let y = Field::from_bytes(&plain);
        if y.to_bytes() != plain {
            return None;
        }
        // x² = (y² − 1)/(d·y² + 1), and a root of u/v is u·v³·(u·v⁷)^((p − 5)/8), maybe times a root of −1.
        let yy = y.times(y);
        let u = yy.minus(Field::ONE);
        let v = Field::d().times(yy).plus(Field::ONE);
        let v3 = v.times(v).times(v);
        let mut x = u.times(v3).times(u.times(v3).times(v3).times(v).power(252, 3));
        let vxx = v.times(x).times(x);
        if !vxx.equals(u) {
            if !vxx.equals(Field::ZERO.minus(u)) {
                return None;
            }
            x = x.times(Field::root_of_minus_one());
        }
        if x.is_odd() != odd {
            if x.equals(Field::ZERO) {
                return None;
            }
            x = Field::ZERO.minus(x);
        }
        Some(Self::new(x, y))
    }

    fn compress(&self) -> [u8; 32] {
        let inverse = self.z.inverse();
        let mut bytes = self.y.times(inverse).to_bytes();
        bytes[31] |= u8::from(self.x.times(inverse).is_odd()) << 7;
        bytes
    }

    fn negate(&self) -> Self {
        Self { x: Field::ZERO.minus(self.x), t: Field::ZERO.minus(self.t), ..*self }
    }

    /// Returns the sum; the formula holds for all pairs of points, equal ones included.
    fn plus(&self, other: &Self) -> Self {
        let a = self.y.minus(self.x).times(other.y.minus(other.x));
        let b = self.y.plus(self.x).times(other.y.plus(other.x));
        let c = self.t.times(self.d2).times(other.t);
        let zz = self.z.times(other.z);
        let d = zz.plus(zz);
        let (e, f, g, h) = (b.minus(a), d.minus(c), d.plus(c), b.plus(a));
        Self { x: e.times(f), y: g.times(h), z: f.times(g), t: e.times(h), d2: self.d2 }
    }

    /// Returns whether eight times the point is nothing.
    fn has_small_order(&self) -> bool {
        let mut eight = *self;
        for _ in 0..3 {
            eight = eight.plus(&eight);
        }
        eight.x.equals(Field::ZERO) && eight.y.equals(eight.z)
    }
}

#[cfg(test)]
pub(super) mod tests;
