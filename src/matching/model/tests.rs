use proptest::prelude::*;
use uuid::Uuid;

use super::evaluate::{
    Candidate, Exclusion, ExclusionCode, Factor, POLICY_VERSION, Snapshot, Warning, evaluate, rank, replay,
};
use super::facts::{
    AgeBand, CaregiverRole, Channel, ExploitationKind, GenderPreference, Intensity, MentorFacts, Phase, RequestFacts,
    Urgency, load_fits,
};

const NOW: i64 = 1_700_000_000_000_000;

fn request() -> RequestFacts {
    RequestFacts {
        id: Uuid::from_u128(1),
        kind: ExploitationKind::Online,
        phase: Phase::InCourt,
        role: CaregiverRole::Grandparent,
        age_band: AgeBand::From14To17,
        cultures: vec!["haitian".to_owned()],
        gender: GenderPreference::Woman,
        channels: vec![Channel::Phone],
        languages: vec!["en".to_owned(), "ht".to_owned()],
        topics: vec!["court".to_owned()],
        intensity: Intensity::Standard,
        urgency: Urgency::Urgent,
        submitted_at: NOW - 40 * 24 * 3_600_000_000,
        exclude_same_town: true,
        excluded_mentors: vec![Uuid::from_u128(99)],
    }
}

fn mentor() -> MentorFacts {
    MentorFacts {
        id: Uuid::from_u128(2),
        account_active: true,
        ready: true,
        stepped_back: false,
        capacity: 4,
        load: 0,
        kinds: vec![ExploitationKind::Online],
        phases: vec![Phase::InCourt],
        roles: vec![CaregiverRole::Grandparent],
        age_bands: vec![AgeBand::From14To17],
        cultures: vec!["haitian".to_owned()],
        gender: GenderPreference::Woman,
        channels: vec![Channel::Phone],
        languages: vec!["ht-ht".to_owned()],
        topics_not_ready: vec![],
        conflict: false,
        not_again: false,
        same_case: false,
        same_town: false,
        common_minutes: Some(300),
        zone_distance_min: 0,
        last_matched_at: None,
    }
}

#[test]
fn the_perfect_mentor_has_a_thousand_points() {
    let candidate = evaluate(&request(), &mentor(), NOW);
    assert_eq!((candidate.score, candidate.exclusions, candidate.warnings), (1000, vec![], vec![]));
    assert_eq!(Factor::ALL.iter().map(|f| f.max_points()).sum::<i64>(), 1000);
}

type Change = fn(&mut RequestFacts, &mut MentorFacts);

#[test]
fn every_exclusion_stands_alone() {
    let changes: [(Change, ExclusionCode); 11] = [
        (|_, m| m.account_active = false, ExclusionCode::NoActiveAccount),
        (|_, m| m.ready = false, ExclusionCode::NotReady),
        (|_, m| m.stepped_back = true, ExclusionCode::SteppedBack),
        (|_, m| m.load = 4, ExclusionCode::AtCapacity),
        (|_, m| m.languages = vec!["es".to_owned()], ExclusionCode::NoSharedLanguage),
        (|_, m| m.conflict = true, ExclusionCode::ConflictDeclared),
        (|_, m| m.same_case = true, ExclusionCode::SameCase),
        (|_, m| m.same_town = true, ExclusionCode::SameTown),
        (|_, m| m.not_again = true, ExclusionCode::NotAgain),
        (|r, m| r.excluded_mentors = vec![m.id], ExclusionCode::FamilyExclusion),
        (|_, m| m.topics_not_ready = vec!["court".to_owned()], ExclusionCode::TopicNotReady),
    ];
    assert_eq!(changes.len(), ExclusionCode::ALL.len());
    for (change, code) in changes {
        let (mut r, mut m) = (request(), mentor());
        change(&mut r, &mut m);
        assert_eq!(evaluate(&r, &m, NOW).exclusions, [Exclusion { code }]);
    }
}

#[test]
fn towns_count_only_when_told() {
    let (mut r, mut m) = (request(), mentor());
    m.same_town = true;
    r.exclude_same_town = false;
    assert_eq!(evaluate(&r, &m, NOW).exclusions, []);
}

#[test]
fn an_intensive_match_weighs_two() {
    let (mut r, mut m) = (request(), mentor());
    r.intensity = Intensity::Intensive;
    m.load = 2;
    assert_eq!(evaluate(&r, &m, NOW).warnings, [Warning::LastPlace]);
    m.load = 3;
    assert_eq!(evaluate(&r, &m, NOW).exclusions, [Exclusion { code: ExclusionCode::AtCapacity }]);
    assert!(load_fits(3, 1, 4) && !load_fits(i32::MAX, 2, 4));
}

#[test]
fn warnings_do_not_exclude() {
    let (r, mut m) = (request(), mentor());
    m.common_minutes = Some(0);
    m.channels = vec![Channel::Video];
    let candidate = evaluate(&r, &m, NOW);
    assert_eq!(candidate.warnings, [Warning::NoCommonHour, Warning::NoSharedChannel]);
    assert_eq!(rank(vec![candidate]).len(), 1);
    m.common_minutes = None;
    assert!(evaluate(&r, &m, NOW).warnings.contains(&Warning::HoursUnknown));
}

#[test]
fn a_decision_can_be_replayed() {
    let snapshot =
        Snapshot { policy_version: POLICY_VERSION.to_owned(), now: NOW, request: request(), mentor: mentor() };
    let json = serde_json::to_string(&snapshot).unwrap();
    assert_eq!(replay(&json), Some(evaluate(&request(), &mentor(), NOW)));
    assert_eq!(replay(&json.replace(POLICY_VERSION, "1999-1")), None);
    assert_eq!(replay("{}"), None);
}

fn one_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(all)
}

prop_compose! {
    fn any_mentor()(id in 2..200_u128, ready in prop::bool::weighted(0.9), stepped_back in prop::bool::weighted(0.1),
            capacity in 1..=10_i32, load in 0..=10_i32, kind in one_of(ExploitationKind::ALL), phase in one_of(Phase::ALL),
            role in one_of(CaregiverRole::ALL), age in one_of(AgeBand::ALL), gender in one_of(GenderPreference::ALL),
            common_minutes in prop::option::of(0..400_u32), zone_distance_min in 0..900_u32,
            (not_again, conflict, last_matched_at) in (prop::bool::weighted(0.1), prop::bool::weighted(0.1), prop::option::of(0..9_i64)))
            -> MentorFacts {
        MentorFacts {
            id: Uuid::from_u128(id), ready, stepped_back, capacity, load, kinds: vec![kind], phases: vec![phase],
            roles: vec![role], age_bands: vec![age], gender, common_minutes, zone_distance_min, not_again, conflict,
            last_matched_at, ..mentor()
        }
    }
}

proptest! {
    #[test]
    fn an_excluded_mentor_is_never_ranked_and_the_order_is_stable(mentors in prop::collection::vec(any_mentor(), 0..30),
            seed: u64) {
        let mut unique = mentors;
        unique.sort_by_key(|m| m.id);
        unique.dedup_by_key(|m| m.id);
        let evaluated: Vec<Candidate> = unique.iter().map(|m| evaluate(&request(), m, NOW)).collect();
        let ranked = rank(evaluated.clone());
        prop_assert!(ranked.iter().all(|c| c.exclusions.is_empty()));
        prop_assert_eq!(ranked.len(), evaluated.iter().filter(|c| c.exclusions.is_empty()).count());
        prop_assert!(ranked.is_sorted_by(|a, b| a.score > b.score || (a.score == b.score && a.load <= b.load)));
        let mut shuffled = evaluated;
        shuffled.sort_by_key(|c| c.mentor.as_u128().wrapping_add(1).wrapping_mul(u128::from(seed) | 1));
        prop_assert_eq!(rank(shuffled), ranked);
    }

    #[test]
    fn more_of_a_factor_never_lowers_the_score(m in any_mentor(), more in 0..100_u32) {
        let before = evaluate(&request(), &m, NOW);
        prop_assert!((0..=1000).contains(&before.score));
        prop_assert_eq!(before.score, before.reasons.iter().map(|r| r.points).sum::<i64>());
        prop_assert!(before.reasons.iter().all(|r| (0..=r.max).contains(&r.points)));
        let better: [fn(&mut MentorFacts, u32); 9] = [
            |m, _| m.kinds = ExploitationKind::ALL.to_vec(),
            |m, _| m.phases = Phase::ALL.to_vec(),
            |m, _| m.roles = CaregiverRole::ALL.to_vec(),
            |m, _| m.age_bands = AgeBand::ALL.to_vec(),
            |m, _| m.gender = GenderPreference::Woman,
            |m, more| m.common_minutes = Some(m.common_minutes.unwrap_or(0) + more),
            |m, more| m.zone_distance_min = m.zone_distance_min.saturating_sub(more),
            |m, more| m.load = (m.load - i32::try_from(more).unwrap()).max(0),
            |m, more| m.capacity += i32::try_from(more).unwrap(),
        ];
        for change in better {
            let mut changed = m.clone();
            change(&mut changed, more);
            prop_assert!(evaluate(&request(), &changed, NOW).score >= before.score);
        }
        let later = evaluate(&request(), &m, NOW + i64::from(more) * 24 * 3_600_000_000);
        prop_assert!(later.score >= before.score);
    }
}
