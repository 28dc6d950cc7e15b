//! Floats, read exactly and written with the fewest digits that mean them.
//!
//! Floats stand in events of old rooms alone, and are written only to be hashed. The standard library reads and writes them
//! as exactly and many times as fast, with tables and code of thirty-five kilobytes of WebAssembly; this is three.
//! Relies on nothing.

#![allow(
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "what is cast has been bounded: 800 digits, exponents below 2,000, 53 bits"
)]

use core::fmt::Write as _;

/// So many powers of ten a limb of a large number holds.
const TENS: u32 = 9;
/// Digits that suffice to tell any float from all others.
const MOST_DIGITS: usize = 17;
/// No two floats have a decimal between them, half way, that needs more digits; of what follows it matters whether it is 0.
const DIGITS_THAT_COUNT: usize = 800;
const MANTISSA_BITS: i32 = f64::MANTISSA_DIGITS as i32;
/// The powers of two of the least and the greatest normal float.
const POWERS: core::ops::RangeInclusive<i32> = -1022..=1023;

/// Returns the float that is nearest to a number written as JSON has it, of two equally near ones the even one; infinite if
/// all are too small.
pub(super) fn parse(text: &str) -> f64 {
    let (sign, text) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    // What does not fit 32 bits is beyond all floats, however many digits there are.
    let beyond = if power.starts_with('-') { i32::MIN / 2 } else { i32::MAX / 2 };
    let power = power.parse().unwrap_or(beyond).clamp(i32::MIN / 2, i32::MAX / 2);
    let places = mantissa.split_once('.').map_or(0, |(_, places)| places.len());
    let digits = mantissa.bytes().filter(|&byte| byte != b'.').skip_while(|&byte| byte == b'0');
    let (mut number, mut count, mut rest) = (Large::default(), 0, false);
    for digit in digits {
        count += 1;
        if count <= DIGITS_THAT_COUNT {
            number.multiply_and_add(10, u32::from(digit - b'0'));
        } else {
            rest |= digit != b'0';
        }
    }
    let left_out = count.saturating_sub(DIGITS_THAT_COUNT) as i32;
    let power = power.saturating_sub(places as i32).saturating_add(left_out);
    let magnitude = power.saturating_add((count as i32) - left_out);
    sign * match magnitude {
        _ if number.limbs.is_empty() => 0.0,
        310.. => f64::INFINITY,
        ..=-330 => 0.0,
        _ => number.scaled(power, rest),
    }
}

/// Returns numbers that fit a limb and whose product is `base`^`power`; `base`^`most` fits one.
fn factors(base: u32, most: u32, power: u32) -> impl Iterator<Item = u32> {
    (0..power.div_ceil(most)).map(move |step| base.pow((power - most * step).min(most)))
}

/// A natural number of any size, the lowest limb first and none of the highest zero.
#[derive(Default)]
struct Large {
    limbs: Vec<u32>,
}

impl Large {
    fn multiply_and_add(&mut self, factor: u32, more: u32) {
        let mut carry = u64::from(more);
        for limb in &mut self.limbs {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.limbs.push(carry as u32);
        }
    }

    /// Divides by a number; returns what is left.
    fn divide(&mut self, by: u32) -> u32 {
        let mut rest = 0;
        for limb in self.limbs.iter_mut().rev() {
            rest = rest << 32 | u64::from(*limb);
            *limb = (rest / u64::from(by)) as u32;
            rest %= u64::from(by);
        }
        while self.limbs.last() == Some(&0) {
            self.limbs.pop();
        }
        rest as u32
    }

    fn bits(&self) -> i32 {
        self.limbs.last().map_or(0, |limb| 32 * self.limbs.len() as i32 - limb.leading_zeros() as i32)
    }

    fn bit(&self, at: i32) -> bool {
        at >= 0 && self.limbs.get(at as usize / 32).is_some_and(|limb| limb >> (at % 32) & 1 == 1)
    }

    /// Returns the float nearest to this number times 10^power, and a little more if there is a `rest`.
    fn scaled(mut self, power: i32, mut rest: bool) -> f64 {
        let mut binary = 0;
        if power < 0 {
            // So many bits that the quotient has more than a float: 10^9 takes thirty.
            let limbs = (-power) as usize / 9 + 4;
            self.limbs.splice(0..0, core::iter::repeat_n(0, limbs));
            binary = -32 * limbs as i32;
            for by in factors(10, TENS, power.unsigned_abs()) {
                rest |= self.divide(by) != 0;
            }
        } else {
            factors(10, TENS, power.unsigned_abs()).for_each(|by| self.multiply_and_add(by, 0));
        }
        // The lowest bit that a float of this size has, counted from the lowest of the number.
        let lowest = (self.bits() + binary - MANTISSA_BITS).max(POWERS.start() - MANTISSA_BITS + 1) - binary;
        let mut mantissa = 0_u64;
        for at in (lowest..lowest + MANTISSA_BITS).rev() {
            mantissa = mantissa << 1 | u64::from(self.bit(at));
        }
        let rest = rest || (0..lowest - 1).any(|at| self.bit(at));
        if self.bit(lowest - 1) && (rest || mantissa & 1 == 1) {
            mantissa += 1;
        }
        let power = lowest + binary;
        let bits = if power < *POWERS.start() {
            1 << (power - POWERS.start() + MANTISSA_BITS - 1)
        } else {
            ((power + POWERS.end()).min(2 * POWERS.end() + 1) as u64) << (MANTISSA_BITS - 1)
        };
        // Both are exact, and so is the product, unless it is infinite.
        mantissa as f64 * f64::from_bits(bits)
    }
}

/// Returns the digits and the exponent of ten of the shortest decimal that reads as `float`, and of several the closest:
/// `float` = digits · 10^exponent. It is to be finite and greater than zero.
pub(super) fn shortest(float: f64) -> (u64, i32) {
    let (digits, exponent) = exact(float);
    let scientific = digits.len() as i32 - 1 + exponent;
    // With more digits the closest decimal is no farther away: where some suffice, more do.
    let (mut few, mut enough, mut found) = (0, MOST_DIGITS, (0, 0));
    while few < enough {
        let count = few.midpoint(enough);
        match closest(&digits, scientific, count + 1, float) {
            Some(decimal) => (enough, found) = (count, decimal),
            None => few = count + 1,
        }
    }
    without_zeros(found.0, found.1)
}

/// Returns the decimal of `count` digits that is closest to a float, if it reads as that float.
fn closest(digits: &str, scientific: i32, count: usize, float: f64) -> Option<(u64, i32)> {
    let (head, rest) = digits.split_at_checked(count).unwrap_or((digits, ""));
    let below: u64 = head.parse().unwrap_or_default();
    let exponent = scientific + 1 - head.len() as i32;
    // Never half way: a float that is has so many digits that both sides are other floats.
    let mut candidates = [below, below + 1];
    if rest.starts_with(['5', '6', '7', '8', '9']) {
        candidates.reverse();
    }
    let reads_alike = |&candidate: &u64| parse(&format!("{candidate}e{exponent}")).to_bits() == float.to_bits();
    candidates.into_iter().find(reads_alike).map(|candidate| (candidate, exponent))
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
    const WRITTEN: i32 = MANTISSA_BITS - 1;
    let bits = float.to_bits();
    let (fraction, power) = (bits & ((1 << WRITTEN) - 1), (bits >> WRITTEN) as i32 & 0x7ff);
    // fraction · 2^power; the smallest floats have no bit more than those that are written.
    let fraction = if power == 0 { fraction } else { fraction | 1 << WRITTEN };
    let power = power.max(1) - POWERS.end() - WRITTEN;
    // Of a power below zero, 2^-n = 5^n · 10^-n.
    let (factor, most) = if power < 0 { (5, 13) } else { (2, 29) };
    let mut number = Large { limbs: vec![fraction as u32, (fraction >> 32) as u32] };
    factors(factor, most, power.unsigned_abs()).for_each(|by| number.multiply_and_add(by, 0));
    let mut groups = Vec::new();
    while !number.limbs.is_empty() {
        groups.push(number.divide(10_u32.pow(TENS)));
    }
    let mut digits = String::new();
    for group in groups.iter().rev() {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{group:0width$}", width = TENS as usize);
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

    fn assert_reads_as_the_standard_library(text: &str) {
        let (ours, theirs) = (parse(text), text.parse::<f64>().unwrap());
        assert_eq!(ours.to_bits(), theirs.to_bits(), "{text}: {ours:e}, not {theirs:e}");
    }

    /// Every power of two and ten with its neighbours and what is half way between them, and just beside that.
    #[test]
    fn reads_edges_as_the_standard_library_does() {
        let floats = (0..0x7ff).flat_map(|power: u64| [power << 52, (power << 52) + 1, ((power + 1) << 52) - 2]);
        let small = (0..52).map(|bit| 1 << bit);
        for bits in floats.chain(small) {
            let (digits, power) = exact(f64::from_bits(bits));
            let (next, next_power) = exact(f64::from_bits(bits + 1));
            assert_reads_as_the_standard_library(&format!("{}e{power}", if digits.is_empty() { "0" } else { &digits }));
            if power != next_power || !f64::from_bits(bits + 1).is_finite() {
                continue;
            }
            // (a + b) / 2 with one digit more.
            let (mut sum, mut carry) = (String::new(), 0);
            let width = digits.len().max(next.len());
            let (a, b) = (format!("{digits:0>width$}"), format!("{next:0>width$}"));
            for (a, b) in a.bytes().zip(b.bytes()) {
                let digit = 10 * carry + (a - b'0') + (b - b'0');
                sum += &(digit / 2).to_string();
                carry = digit % 2;
            }
            // A digit pair makes up to 19: halves of it up to 9, so no carry goes up.
            for tail in ["4999999", "5", "5000000000", "50000000001"] {
                let tail = if carry == 1 { tail } else { "0" };
                assert_reads_as_the_standard_library(&format!("{sum}.{tail}e{power}"));
            }
        }
        for power in -400..400 {
            assert_reads_as_the_standard_library(&format!("1e{power}"));
            assert_reads_as_the_standard_library(&format!("17976931348623157e{power}"));
        }
        for text in [
            "0",
            "-0.0",
            "0e999999999999",
            "1e999999999999",
            "-1e-999999999999",
            "0.000",
            "1e+2",
            "9007199254740993",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
        ] {
            assert_reads_as_the_standard_library(text);
        }
        let long = "12345678901234567890".repeat(60);
        for text in [
            format!("{long}e-1190"),
            format!("0.{}{long}", "0".repeat(300)),
            format!("9007199254740993.{}1", "0".repeat(900)),
            format!("9007199254740993{}e-900", "0".repeat(900)),
        ] {
            assert_reads_as_the_standard_library(&text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn reads_as_the_standard_library_does(text in "-?(0|[1-9][0-9]{0,40})([.][0-9]{1,40})?([eE][+-]?[0-9]{1,3})?") {
            assert_reads_as_the_standard_library(&text);
        }

        #[test]
        fn reads_what_the_standard_library_writes(bits: u64) {
            let float = f64::from_bits(bits);
            prop_assume!(float.is_finite());
            prop_assert_eq!(parse(&format!("{float:e}")).to_bits(), bits);
        }

        #[test]
        fn digits_are_those_of_the_standard_library(bits: u64) {
            let float = f64::from_bits(bits).abs();
            prop_assume!(float > 0.0 && float.is_finite());
            prop_assert_eq!(shortest(float), expected(float));
        }
    }
}
