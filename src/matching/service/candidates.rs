//! Which mentors are possible for a request, and why.

use std::collections::HashMap;

use super::{names, store};
use crate::access::{ActionTag, Permit, act};
use crate::families;
use crate::kernel::ids::{MentorId, RequestId};
use crate::kernel::{Check, Error, MatchingKeys, Result};
use crate::matching::model::evaluate::{Candidate, POLICY_VERSION, evaluate, rank};
use crate::matching::model::facts::{Intensity, MentorFacts, RequestFacts};
use crate::matching::model::hours::{Hours, common_minutes, offset_min};
use crate::matching::model::records::{Candidates, ExcludedMentor, RankedMentor, SupportRequest};
use crate::mentors;
use crate::op::{Op, Tx};

/// The most mentors of each kind that one answer holds.
const MAX_SHOWN: i32 = 100;
/// What it holds when the caller names no number.
const SHOWN: i32 = 50;

/// A request with what is needed to weigh mentors for it.
pub(super) struct Scales {
    request: RequestFacts,
    family: Vec<Hours>,
    family_offset: i32,
    family_keys: MatchingKeys,
    pool: store::Pool,
    mentors: HashMap<MentorId, Vec<Hours>>,
    now: jiff::Timestamp,
}

impl Scales {
    /// Loads what the policy must know beyond the mentors' own records.
    pub(super) async fn load(
        tx: &Tx,
        permit: &Permit<impl ActionTag>,
        request: &SupportRequest,
        intensity: Intensity,
    ) -> Result<Self> {
        let family = families::matching_facts(tx, permit.decision(), request.family).await?.ok_or(Error::NotFound)?;
        let towns_apart = super::keep_towns_apart(tx, permit.decision(), request.programme).await?;
        let family_offset = offset_min(&family.zone, tx.now());
        let hours = family.windows.iter().map(|window| Hours {
            weekday: i32::from(window.weekday),
            start_min: i32::from(window.start_min),
            end_min: i32::from(window.end_min),
            offset_min: family_offset,
        });
        Ok(Self {
            family: hours.collect(),
            request: request.policy_facts(family.languages, intensity, towns_apart),
            family_keys: family.keys,
            family_offset,
            pool: store::pool(tx, permit, request.programme, request.family).await?,
            mentors: store::hours_of_mentors(tx, permit, request.programme).await?,
            now: tx.now(),
        })
    }

    /// What the policy knows about a mentor for this request.
    pub(super) fn facts(&self, mentor: &mentors::MatchingFacts) -> MentorFacts {
        let id = mentor.id;
        let profile = &mentor.profile;
        let hours = self.mentors.get(&id).map_or(&[][..], Vec::as_slice);
        MentorFacts {
            id: id.uuid(),
            account_active: mentor.account_active,
            ready: mentor.readiness.ready,
            stepped_back: mentor.stepped_back,
            capacity: i32::try_from(mentor.capacity).unwrap_or(i32::MAX),
            load: self.pool.loads.get(&id).copied().unwrap_or(0),
            kinds: profile.kinds.clone(),
            phases: profile.phases.clone(),
            roles: profile.roles.clone(),
            age_bands: profile.age_bands.clone(),
            cultures: profile.cultures.clone(),
            gender: profile.gender,
            channels: profile.channels.clone(),
            languages: mentor.languages.clone(),
            topics_not_ready: profile.topics_not_ready.clone(),
            conflict: self.pool.conflicts.contains(&id),
            not_again: self.pool.not_again.contains(&id),
            same_case: self.family_keys.same_case(&mentor.keys),
            same_town: self.family_keys.same_town(&mentor.keys),
            common_minutes: common_minutes(&self.family, hours),
            zone_distance_min: offset_min(&mentor.zone, self.now).abs_diff(self.family_offset),
            last_matched_at: self.pool.last_matched.get(&id).copied(),
        }
    }

    /// The request as the policy sees it.
    pub(super) fn request(&self) -> &RequestFacts {
        &self.request
    }

    /// Weighs one mentor.
    pub(super) fn weigh(&self, mentor: &MentorFacts) -> Candidate {
        evaluate(&self.request, mentor, self.now.as_microsecond())
    }
}

/// The mentors of the programme, ranked for this request, and the excluded ones with every reason. `first` (1 to 100)
/// bounds both lists; the totals are told.
pub async fn candidates(
    op: &Op,
    id: RequestId,
    intensity: Option<Intensity>,
    first: Option<i32>,
) -> Result<Candidates> {
    let mut check = Check::new();
    let first = check.range("first", first.unwrap_or(SHOWN), 1..=MAX_SHOWN);
    check.done()?;
    let first = usize::try_from(first).unwrap_or(1);
    op.read(|tx| async move {
        let permit = tx.allow::<act::ListCandidates>(store::request_facts(&tx, id).await?)?;
        let request = store::load_request(&tx, &permit, id).await?;
        let scales = Scales::load(&tx, &permit, &request, intensity.unwrap_or(request.facts.intensity)).await?;
        let mentors = mentors::matching_facts(&tx, permit.decision(), request.programme).await?;
        let facts: Vec<MentorFacts> = mentors.iter().map(|mentor| scales.facts(mentor)).collect();
        let weighed: Vec<Candidate> = facts.iter().map(|mentor| scales.weigh(mentor)).collect();
        let mut answer = compare(weighed, &facts, first);
        let shown: Vec<MentorId> =
            answer.ranked.iter().map(|m| m.mentor).chain(answer.excluded.iter().map(|m| m.mentor)).collect();
        let names = names::of_mentors(&tx, permit.decision(), &shown).await?;
        for mentor in &mut answer.ranked {
            mentor.first_name = names.get(&mentor.mentor).cloned();
        }
        for mentor in &mut answer.excluded {
            mentor.first_name = names.get(&mentor.mentor).cloned();
        }
        tx.named(permit.decision(), shown);
        Ok(answer)
    })
    .await
}

/// Sorts the weighed mentors into the ranked and the excluded, and cuts both to the bound.
fn compare(weighed: Vec<Candidate>, facts: &[MentorFacts], first: usize) -> Candidates {
    let capacity: HashMap<_, _> = facts.iter().map(|mentor| (mentor.id, mentor.capacity)).collect();
    let (mut out, possible): (Vec<_>, Vec<_>) = weighed.into_iter().partition(|one| !one.exclusions.is_empty());
    out.sort_unstable_by_key(|one| one.mentor);
    let ranked = rank(possible);
    let (ranked_total, excluded_total) = (ranked.len(), out.len());
    let show = |one: Candidate| RankedMentor {
        mentor: one.mentor.into(),
        first_name: None,
        score: one.score,
        capacity: capacity.get(&one.mentor).copied().unwrap_or(0),
        reasons: one.reasons,
        warnings: one.warnings,
        load: one.load,
    };
    let leave =
        |one: Candidate| ExcludedMentor { mentor: one.mentor.into(), first_name: None, reasons: one.exclusions };
    Candidates {
        ranked: ranked.into_iter().take(first).map(show).collect(),
        ranked_total,
        excluded: out.into_iter().take(first).map(leave).collect(),
        excluded_total,
        policy_version: POLICY_VERSION,
    }
}
