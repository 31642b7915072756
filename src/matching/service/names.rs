//! Matches with the names that the caller may see.

use std::collections::HashMap;

use crate::access::Decision;
use crate::identity;
use crate::kernel::Result;
use crate::kernel::ids::{AccountId, FamilyId, MentorId};
use crate::matching::model::records::{MatchView, PeerMatch};
use crate::matching::model::states::MatchState;
use crate::op::Tx;
use crate::ties;

/// First names of mentors, by mentor.
pub(super) async fn of_mentors(
    tx: &Tx,
    decision: &Decision,
    mentors: &[MentorId],
) -> Result<HashMap<MentorId, String>> {
    let accounts = ties::accounts_of_mentors(tx.conn()?, mentors).await?;
    let wanted: Vec<AccountId> = accounts.values().copied().collect();
    let names = identity::first_names(tx, decision, &wanted).await?;
    let pair = |(mentor, account): (MentorId, AccountId)| Some((mentor, names.get(&account)?.clone()));
    Ok(accounts.into_iter().filter_map(pair).collect())
}

/// Turns matches into what the caller may see, in three queries however many they are. The two sides see each other's
/// first names while the match is live; staff see them always, and the reasons too. Of a family only those caregivers are
/// named who stand now.
pub(super) async fn views(tx: &Tx, decision: &Decision, matches: Vec<PeerMatch>) -> Result<Vec<MatchView>> {
    let staff = tx.principal().is_staff();
    let shown: Vec<&PeerMatch> = matches.iter().filter(|m| staff || m.state != MatchState::Ended).collect();
    let families: Vec<FamilyId> = shown.iter().map(|m| m.family).collect();
    let backups = shown.iter().filter(|_| staff).filter_map(|m| m.backup);
    let mentors: Vec<MentorId> = shown.iter().map(|m| m.mentor).chain(backups).collect();
    let of_families = ties::caregivers_who_stand(tx.conn()?, &families).await?;
    let of_mentors = ties::accounts_of_mentors(tx.conn()?, &mentors).await?;
    let accounts: Vec<AccountId> = of_families.values().flatten().chain(of_mentors.values()).copied().collect();
    let names = identity::first_names(tx, decision, &accounts).await?;
    let of_mentor = |mentor: MentorId| of_mentors.get(&mentor).and_then(|account| names.get(account)).cloned();
    let of_family = |family: FamilyId| {
        let members = of_families.get(&family).into_iter().flatten();
        members.filter_map(|account| names.get(account)).cloned().collect::<Vec<_>>()
    };
    let view = |mut record: PeerMatch| {
        let (family, mentor) = (of_family(record.family), of_mentor(record.mentor));
        let (has_backup, backup) = (record.backup.is_some(), record.backup.and_then(of_mentor));
        if !staff {
            (record.backup, record.end_reason) = (None, None);
        }
        MatchView {
            record,
            has_backup,
            family_first_names: family,
            mentor_first_name: mentor,
            backup_first_name: backup.filter(|_| staff),
        }
    };
    Ok(matches.into_iter().map(view).collect())
}

/// One match as the caller may see it.
pub(super) async fn view(tx: &Tx, decision: &Decision, the: PeerMatch) -> Result<MatchView> {
    let mut views = views(tx, decision, vec![the]).await?;
    views.pop().ok_or(crate::kernel::Error::NotFound)
}
