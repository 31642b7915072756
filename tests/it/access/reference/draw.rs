//! Random questions, near enough to each other that every answer is met.

use jiff::{SignedDuration, Timestamp};
use kinward::access::{Action, FRESH, Principal, PrincipalKind, Resource, ResourceKind, Strength};
use kinward::kernel::{Entropy as _, Right, Rights, SeededEntropy};
use uuid::Uuid;

use super::{Answer, Proof, may};

/// When every decision is made.
pub const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// How many ids of each kind there are: so few that callers and records meet often. A family, a mentor, an account and a
/// programme may share a number, as ids of different kinds may look alike.
const FEW: u64 = 2;

/// Somebody, something, and what they want with it.
#[derive(Debug, Clone)]
pub struct Question {
    pub who: Principal,
    pub action: Action,
    pub what: Resource,
}

impl Question {
    /// The model's answer.
    pub fn answer(&self) -> Answer {
        let lately = |at: Timestamp| NOW.duration_since(at) < SignedDuration::from_mins(5);
        let proof = match self.who.strength {
            Strength::Process => Proof { strong: true, fresh: true },
            strength => Proof {
                strong: matches!(strength, Strength::SecondFactor | Strength::Federated | Strength::Passkey),
                fresh: self.who.proved_at.is_some_and(lately),
            },
        };
        may(&self.who, self.action, &self.what, proof)
    }
}

/// A repeatable source of questions.
pub struct Draw(SeededEntropy);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    fn below(&mut self, limit: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % limit
    }

    /// True once in so many times.
    fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    fn id<I: From<Uuid>>(&mut self) -> I {
        Uuid::from_u128(1 + u128::from(self.below(FEW))).into()
    }

    /// Up to two ids, now and then the same one twice.
    fn ids<I: From<Uuid>>(&mut self) -> Vec<I> {
        (0..self.below(3)).map(|_| self.id()).collect()
    }

    fn some<I: From<Uuid>>(&mut self, missing_once_in: u64) -> Option<I> {
        (!self.once_in(missing_once_in)).then(|| self.id())
    }

    /// Any rights, each by itself.
    fn rights(&mut self) -> Rights {
        Right::ALL.iter().copied().filter(|_| !self.once_in(3)).collect()
    }

    /// A question that this kind of caller asks about this action; sometimes about a record of another kind, which nobody
    /// may do anything to.
    pub fn question(&mut self, kind: PrincipalKind, action: Action) -> Question {
        let what = if self.once_in(8) { self.pick(&ResourceKind::ALL) } else { action.resource_kind() };
        Question { who: self.caller(kind), action, what: self.record(what) }
    }

    /// A caller as identity makes them; sometimes one that it should not have made, with a part missing or too many.
    fn caller(&mut self, kind: PrincipalKind) -> Principal {
        match kind {
            PrincipalKind::Anonymous => return Principal::anonymous(),
            PrincipalKind::SystemJob => return Principal::system(),
            _ => {}
        }
        let mut caller = Principal { kind, ..Principal::anonymous() };
        let strange = self.once_in(8);
        caller.account = self.some(if strange { 4 } else { u64::MAX });
        caller.programme = self.some(if strange { 3 } else { u64::MAX });
        if kind == PrincipalKind::Administrator && !strange {
            caller.programme = None;
        }
        if kind == PrincipalKind::FamilyMember || strange {
            caller.family = self.some(if strange { 3 } else { u64::MAX });
        }
        if kind == PrincipalKind::Mentor || strange {
            caller.mentor = self.some(if strange { 3 } else { u64::MAX });
        }
        let strengths = [Strength::Passphrase, Strength::SecondFactor, Strength::Federated, Strength::Passkey];
        caller.strength = self.pick(&strengths);
        let ages = [SignedDuration::ZERO, FRESH - SignedDuration::from_secs(1), FRESH, FRESH * 100];
        caller.proved_at = if strange && self.once_in(4) { None } else { Some(NOW - self.pick(&ages)) };
        caller
    }

    /// A record as the stores give it, and then some: any ties, any owner, any holder; now and then closed to somebody.
    fn record(&mut self, kind: ResourceKind) -> Resource {
        let mut facts = Resource::new(kind, self.id::<Uuid>());
        if kind == ResourceKind::System {
            return facts;
        }
        facts.programme = self.some(8);
        facts.families = self.ids();
        facts.mentors = self.ids();
        facts.account = self.some(8);
        facts.holder = self.some(3);
        facts.staff = self.once_in(2);
        facts.escalated = self.once_in(2);
        facts.openers = self.ids();
        for account in 1..=FEW {
            if !self.once_in(6) {
                facts.rights.push((Uuid::from_u128(account.into()).into(), self.rights()));
            }
        }
        if self.once_in(8) {
            facts.barred = self.ids();
        }
        if kind == ResourceKind::Case && self.once_in(2) {
            facts.sides = self.ids();
        }
        facts
    }
}
