//! Readiness and capacity of a mentor.

use std::ops::RangeInclusive;

use jiff::civil::Date;

use crate::kernel::states::texts;
use crate::kernel::{Check, Code};

/// How much one mentor may carry, in units: a standard match weighs 1, an intensive one 2.
pub const CAPACITY: RangeInclusive<i32> = 1..=10;
/// The most pieces of evidence on record for one mentor, withdrawn ones too.
pub const MAX_EVIDENCE: u64 = 200;

texts! {
    /// Whether a mentor takes part; stepping back needs no reason and carries no blame.
    pub enum MentorState {
        /// Takes part.
        Active = "active",
        /// Has stepped back.
        SteppedBack = "stepped_back",
    }
}

texts! {
    /// What a mentor must have to be ready, each proven by evidence.
    pub enum EvidenceKind {
        /// A written application.
        Application = "application",
        /// References that were taken up.
        References = "references",
        /// A background check.
        BackgroundCheck = "background_check",
        /// An interview.
        Interview = "interview",
        /// The programme's training.
        Training = "training",
        /// A signed agreement.
        Agreement = "agreement",
    }
}

/// One piece of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// What it proves.
    pub kind: EvidenceKind,
    /// The day from which it counts.
    pub obtained_on: Date,
    /// The first day on which it no longer counts; `None` when it never expires.
    pub expires_on: Option<Date>,
    /// Whether it was withdrawn, for example recorded in error.
    pub withdrawn: bool,
}

impl Evidence {
    fn counts_on(&self, day: Date) -> bool {
        !self.withdrawn && self.obtained_on <= day && self.expires_on.is_none_or(|end| day < end)
    }

    fn expired_by(&self, day: Date) -> bool {
        !self.withdrawn && self.expires_on.is_some_and(|end| end <= day)
    }
}

/// Whether a mentor may be proposed to a family, and what stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Nothing stands in the way.
    pub ready: bool,
    /// Kinds for which there never was good evidence.
    pub missing: Vec<EvidenceKind>,
    /// Kinds for which there was, but it has run out.
    pub expired: Vec<EvidenceKind>,
    /// For a ready mentor the day on which that ends unless something is renewed.
    pub expires_next: Option<Date>,
}

/// Readiness on a day, from all evidence on record. The best piece of each kind counts.
#[must_use]
pub fn readiness(evidence: &[Evidence], day: Date) -> Readiness {
    let (mut missing, mut expired, mut expires_next) = (Vec::new(), Vec::new(), None::<Date>);
    for kind in EvidenceKind::ALL {
        let of_kind = || evidence.iter().filter(|e| e.kind == *kind);
        let good: Vec<_> = of_kind().filter(|e| e.counts_on(day)).collect();
        if good.is_empty() {
            if of_kind().any(|e| e.expired_by(day)) { expired.push(*kind) } else { missing.push(*kind) }
        } else if good.iter().all(|e| e.expires_on.is_some())
            && let Some(last) = good.iter().filter_map(|e| e.expires_on).max()
        {
            expires_next = Some(expires_next.map_or(last, |next| next.min(last)));
        }
    }
    let ready = missing.is_empty() && expired.is_empty();
    Readiness { ready, missing, expired, expires_next: expires_next.filter(|_| ready) }
}

/// Notes what is wrong with a piece of evidence: an end before its beginning, or a day that has not come.
pub fn check_evidence(check: &mut Check, path: &str, evidence: &Evidence, today: Date) {
    let past = evidence.obtained_on <= today;
    check.ensure(past, Code::OutOfRange, &format!("{path}.obtainedOn"), "This day has not come yet.");
    let ordered = evidence.expires_on.is_none_or(|end| end > evidence.obtained_on);
    check.ensure(ordered, Code::OutOfRange, &format!("{path}.expiresOn"), "The end must be later than the beginning.");
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn evidence(kind: EvidenceKind, expires_on: Option<Date>) -> Evidence {
        Evidence { kind, obtained_on: date(2026, 1, 10), expires_on, withdrawn: false }
    }

    fn complete() -> Vec<Evidence> {
        EvidenceKind::ALL.iter().map(|kind| evidence(*kind, None)).collect()
    }

    #[test]
    fn readiness_follows_the_evidence() {
        let mut all = complete();
        assert!(readiness(&all, date(2026, 1, 10)).ready);
        assert!(!readiness(&all, date(2026, 1, 9)).ready, "not before it was obtained");
        all[2].expires_on = Some(date(2026, 6, 1));
        let day = readiness(&all, date(2026, 5, 31));
        assert_eq!((day.ready, day.expires_next), (true, Some(date(2026, 6, 1))));
        let day = readiness(&all, date(2026, 6, 1));
        assert_eq!((day.ready, day.expired, day.missing), (false, vec![EvidenceKind::BackgroundCheck], vec![]));
        all.push(evidence(EvidenceKind::BackgroundCheck, Some(date(2027, 6, 1))));
        assert_eq!(readiness(&all, date(2026, 6, 1)).expires_next, Some(date(2027, 6, 1)));
        all[4].withdrawn = true;
        assert_eq!(readiness(&all, date(2026, 2, 1)).missing, [EvidenceKind::Training]);
    }

    proptest! {
        #[test]
        fn more_good_evidence_never_makes_less_ready(gone in prop::collection::vec(0..6_usize, 0..6), day in 0..400_i32) {
            let day = date(2026, 1, 10).checked_add(jiff::Span::new().days(day)).unwrap();
            let kept: Vec<_> = complete().into_iter().enumerate().filter(|(i, _)| !gone.contains(i)).map(|(_, e)| e).collect();
            let some = readiness(&kept, day);
            prop_assert_eq!(some.ready, some.missing.is_empty() && some.expired.is_empty());
            prop_assert_eq!(some.ready, kept.len() == 6);
            prop_assert!(readiness(&complete(), day).ready);
        }
    }
}
