//! Gathering what is told: each field from the feature that keeps it, and only those that were asked for.

use super::super::model::{Content, Field, Hours, OutcomeSummary, Support};
use crate::access::Decision;
use crate::families;
use crate::identity;
use crate::kernel::Result;
use crate::kernel::ids::FamilyId;
use crate::matching;
use crate::op::Tx;
use crate::scheduling;

/// What is told of the family.
pub(super) async fn gather(tx: &Tx, proof: &Decision, family: FamilyId, fields: &[Field]) -> Result<Content> {
    let mut content = Content::default();
    for field in fields {
        add(tx, proof, family, *field, &mut content).await?;
    }
    Ok(content)
}

async fn add(tx: &Tx, proof: &Decision, family: FamilyId, field: Field, into: &mut Content) -> Result<()> {
    match field {
        Field::FirstNames => into.first_names = Some(first_names(tx, proof, family).await?),
        Field::Languages => {
            let facts = families::matching_facts(tx, proof, family).await?;
            into.languages = Some(facts.map(|facts| facts.languages).unwrap_or_default());
        }
        Field::ContactChannel => into.contact_channel = Some(families::safe_channel(tx, proof, family).await?),
        Field::ContactHours => into.contact_hours = Some(hours(tx, proof, family).await?),
        Field::SituationKind => {
            into.situation_kind = Some(matching::situation_of(tx, proof, family).await?.map(|of| of.kind));
        }
        Field::SituationPhase => {
            into.situation_phase = Some(matching::situation_of(tx, proof, family).await?.map(|of| of.phase));
        }
        Field::SupportDates => into.support_dates = Some(support(tx, proof, family).await?),
        Field::SessionDates => into.session_dates = Some(scheduling::sessions_held(tx, proof, family).await?),
        Field::OutcomeSummary => into.outcome_summary = Some(outcome(tx, proof, family).await?),
    }
    Ok(())
}

async fn first_names(tx: &Tx, proof: &Decision, family: FamilyId) -> Result<Vec<String>> {
    let accounts = families::member_accounts(tx, proof, family).await?;
    let mut names = identity::first_names(tx, proof, &accounts).await?;
    Ok(accounts.iter().filter_map(|account| names.remove(account)).collect())
}

async fn hours(tx: &Tx, proof: &Decision, family: FamilyId) -> Result<Option<Hours>> {
    let safe = families::safe_windows(tx, proof, family).await?;
    Ok(safe.map(|(zone, windows)| {
        let windows = windows.iter().map(|window| (window.weekday, window.start_min, window.end_min)).collect();
        Hours { zone, windows }
    }))
}

async fn support(tx: &Tx, proof: &Decision, family: FamilyId) -> Result<Vec<Support>> {
    let periods = matching::supported(tx, proof, family).await?;
    Ok(periods.into_iter().map(|of| Support { from: of.from, until: of.until }).collect())
}

async fn outcome(tx: &Tx, proof: &Decision, family: FamilyId) -> Result<OutcomeSummary> {
    let sessions_held = scheduling::count_sessions_held(tx, proof, family).await?;
    let last = matching::supported(tx, proof, family).await?.into_iter().next();
    let ended = last.and_then(|of| of.ended).map(matching::EndReason::as_str);
    Ok(OutcomeSummary { sessions_held, ended })
}
