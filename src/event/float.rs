//! The shortest decimal digits that mean a float.
//!
//! Floats stand in events of old rooms alone, and are written only to be hashed. The standard library's way of writing
//! them is as exact and ten times as fast, and twenty kilobytes of WebAssembly; this is one. Relies on nothing.

#![allow(clippy::cast_possible_wrap, reason = "a float has some 770 digits, and its exponents are below 2,000")]

use core::fmt::Write as _;

/// Limbs of a large number hold nine digits.
const BASE: u64 = 1_000_000_000;
/// Digits that suffice to tell any float from all others.
const MOST_DIGITS: usize = 17;

/// Returns the digits and the exponent of ten of the shortest decimal that reads as `float`, and of several the closest:
/// `float` = digits · 10^exponent. It is to be finite and greater than zero.
pub(super) fn shortest(float: f64) -> (u64, i32) {
    let (digits, exponent) = exact(float);
    let scientific = digits.len() as i32 - 1 + exponent;
    for count in 1..=MOST_DIGITS {
        let (head, rest) = digits.split_at_checked(count).unwrap_or((&digits, ""));
        let below: u64 = head.parse().unwrap_or_default();
        let exponent = scientific + 1 - head.len() as i32;
        // Never half way: a float that is has so many digits that both sides are other floats.
        let mut candidates = [below, below + 1];
        if rest.starts_with(['5', '6', '7', '8', '9']) {
            candidates.reverse();
        }
        for candidate in candidates {
            let mut text = String::new();
            // Writing to a String cannot fail.
            let _ = write!(text, "{candidate}e{exponent}");
            if text.parse() == Ok(float) {
                return without_zeros(candidate, exponent);
            }
        }
    }
    (0, 0)
}

fn without_zeros(mut digits: u64, mut exponent: i32) -> (u64, i32) {
    while digits > 0 && digits.is_multiple_of(10) {
        digits /= 10;
        exponent += 1;
    }
    (digits, exponent)
}

/// Returns all digits of a float, some 770 at most, and the exponent of ten of the last.
fn exact(float: f64) -> (String, i32) {
    const MANTISSA_BITS: u32 = f64::MANTISSA_DIGITS - 1;
    let bits = float.to_bits();
    let (fraction, power) = (bits & ((1 << MANTISSA_BITS) - 1), (bits >> MANTISSA_BITS) as i32 & 0x7ff);
    // fraction · 2^power; the smallest floats have no bit more than those that are written.
    let fraction = if power == 0 { fraction } else { fraction | 1 << MANTISSA_BITS };
    let power = power.max(1) - 1023 - MANTISSA_BITS as i32;
    // Of a power below zero, 2^-n = 5^n · 10^-n.
    let (factor, most): (u64, u32) = if power < 0 { (5, 13) } else { (2, 29) };
    let mut limbs = vec![fraction % BASE, fraction / BASE];
    let mut left = power.unsigned_abs();
    while left > 0 {
        let step = left.min(most);
        let mut carry = 0;
        for limb in &mut limbs {
            carry += *limb * factor.pow(step);
            *limb = carry % BASE;
            carry /= BASE;
        }
        while carry > 0 {
            limbs.push(carry % BASE);
            carry /= BASE;
        }
        left -= step;
    }
    let mut digits = String::new();
    for limb in limbs.iter().rev() {
        let _ = write!(digits, "{limb:09}");
    }
    (digits.trim_start_matches('0').to_owned(), power.min(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As the standard library has it.
    fn expected(float: f64) -> (u64, i32) {
        let text = format!("{float:e}");
        let (digits, exponent) = text.split_once('e').unwrap();
        let places = digits.split_once('.').map_or(0, |(_, places)| places.len());
        let exponent: i32 = exponent.parse().unwrap();
        (digits.replace('.', "").parse().unwrap(), exponent - places as i32)
    }

    #[test]
    fn edges_are_those_of_the_standard_library() {
        let powers_of_two =
            (1..0x7ff).map(|power: u64| f64::from_bits(power << 52)).chain((0..52).map(|bit| f64::from_bits(1 << bit)));
        let powers_of_ten = (-323..309).map(|power| format!("1e{power}").parse().unwrap());
        let others = [f64::MAX, f64::MIN_POSITIVE, 0.1, 0.3, 1.0 / 3.0, 123_456_789.0, 9_007_199_254_740_993.0];
        for float in powers_of_two.chain(powers_of_ten).chain(others) {
            for float in [f64::from_bits(float.to_bits() - 1), float, f64::from_bits(float.to_bits() + 1)] {
                if float > 0.0 && float.is_finite() {
                    assert_eq!(shortest(float), expected(float), "{float:e}");
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn digits_are_those_of_the_standard_library(bits: u64) {
            let float = f64::from_bits(bits).abs();
            prop_assume!(float > 0.0 && float.is_finite());
            prop_assert_eq!(shortest(float), expected(float));
        }
    }
}
