//! Every code that a person can be answered with, in one list: what it means, and what to do about it.
//!
//! The services use [`Code`]; the GraphQL kit makes the enum `UserErrorCode` of the schema out of the same list. A code that
//! is not in it does not compile, and a test finds one that nothing answers with.

/// Hands the list to the macro `$make`, which makes an enum of it. Once published, a code is never renamed.
#[macro_export]
macro_rules! every_code {
    ($make:ident) => {
        $make! {
            /// A value that is needed was left out or is empty. Give it.
            Required = "REQUIRED",
            /// A text is shorter than allowed. Write more; the sentence says how much.
            TooShort = "TOO_SHORT",
            /// A text or list is longer than allowed. Shorten it; the sentence says how far.
            TooLong = "TOO_LONG",
            /// A number or time is outside of its range. Choose another one.
            OutOfRange = "OUT_OF_RANGE",
            /// A value is not of the form asked for. Write it as the sentence says.
            Invalid = "INVALID",
            /// A reference in the input names nothing that you can see. Choose one from a list.
            UnknownReference = "UNKNOWN_REFERENCE",
            /// The thing has moved on: the step does not follow from its present state. Read it again.
            WrongState = "WRONG_STATE",
            /// Somebody else changed the thing since you read it. Read it again, then change it.
            Stale = "STALE",
            /// The name or the passphrase is not right, or the account is not in use: one answer for all. Try again, or
            /// ask the programme.
            WrongNameOrPassphrase = "WRONG_NAME_OR_PASSPHRASE",
            /// The present passphrase is not the one given. Try again.
            WrongPassphrase = "WRONG_PASSPHRASE",
            /// The passphrase is too easy to guess, or stands in lists of stolen ones. Choose another one.
            PassphraseTooCommon = "PASSPHRASE_TOO_COMMON",
            /// The invitation's code is not known, was used, was taken back or has expired: one answer for all. Ask
            /// whoever invited you for a new one.
            CodeNotGood = "CODE_NOT_GOOD",
            /// The challenge is not known, was used up or has expired: one answer for all. Begin again.
            ChallengeNotGood = "CHALLENGE_NOT_GOOD",
            /// What was shown is not the factor asked for. Try the next code, or another factor.
            WrongProof = "WRONG_PROOF",
            /// The passphrase alone proves too little: the account has a second factor. Show that factor.
            FactorNeeded = "FACTOR_NEEDED",
            /// The account has as many factors as it can have. Remove one first.
            TooManyFactors = "TOO_MANY_FACTORS",
            /// It is the only factor, and the account needs one. Add another one first.
            LastFactor = "LAST_FACTOR",
            /// The account has no second factor that recovery codes could stand in for. Add a factor first.
            NoFactor = "NO_FACTOR",
            /// The service's address is one to which no passkey can be tied. Use another way to sign in.
            PasskeysUnavailable = "PASSKEYS_UNAVAILABLE",
            /// The passkey belongs to an account already. Make a new one.
            PasskeyKnown = "PASSKEY_KNOWN",
            /// Only families may do without a passphrase. Choose one, and add a passkey later.
            PassphraseNeeded = "PASSPHRASE_NEEDED",
            /// No identity provider is set up. Sign in with name and passphrase.
            NoProvider = "NO_PROVIDER",
            /// The identity provider does not answer. Nothing was used up: try again in a moment.
            ProviderUnavailable = "PROVIDER_UNAVAILABLE",
            /// The identity provider's answer signs nobody in: one answer for all reasons. Begin again; if it stays so, ask an
            /// administrator.
            ProviderAnswerNotGood = "PROVIDER_ANSWER_NOT_GOOD",
            /// A reset of this account is under way already. Approve or stop that one.
            ResetUnderWay = "RESET_UNDER_WAY",
            /// No reset of this account is under way. There is nothing to stop.
            NoReset = "NO_RESET",
            /// The account has something to sign in with, so that no code opens it. Ask for a reset if that is lost.
            NoCodeNeeded = "NO_CODE_NEEDED",
            /// Nobody gives rights that they do not hold. Choose among your own.
            RightsTooWide = "RIGHTS_TOO_WIDE",
            /// The family would have nobody left who may add caregivers. Give that right to another one first.
            LastDelegator = "LAST_DELEGATOR",
            /// The person holds this role already. There is nothing to do.
            RoleHeld = "ROLE_HELD",
            /// The person could judge themself then: they are in the programme already in a role that must stay apart
            /// from this one. Take that role away first, or choose somebody else.
            RoleConflict = "ROLE_CONFLICT",
            /// Nobody else could keep accounts and programmes then. Make somebody else an administrator first.
            LastAdministrator = "LAST_ADMINISTRATOR",
            /// There is an administrator already. Only the command line answers so. Let them invite the next one.
            AlreadyBootstrapped = "ALREADY_BOOTSTRAPPED",
            /// The name is another programme's. Choose another one.
            NameTaken = "NAME_TAKEN",
            /// The family has as many caregivers as one can have. Nobody can join it.
            FamilyFull = "FAMILY_FULL",
            /// The mentor has as many pieces of evidence on record as one can have. No further one can be recorded.
            EvidenceFull = "EVIDENCE_FULL",
            /// The family has not said yet how it is safe to reach it. Set its safe-contact plan first.
            NoSafeContactPlan = "NO_SAFE_CONTACT_PLAN",
            /// The family has an open support request already. Use that one.
            RequestOpen = "REQUEST_OPEN",
            /// A proposal for this request is under way. Wait for its answer, or take it back.
            ProposalOpen = "PROPOSAL_OPEN",
            /// The time to answer this proposal is over. Wait for the next one.
            ProposalOverdue = "PROPOSAL_OVERDUE",
            /// The two can not be brought together after all; it is not said why. Let a coordinator propose somebody
            /// else.
            ProposalNotPossible = "PROPOSAL_NOT_POSSIBLE",
            /// The mentor has no free place any more. Propose somebody else.
            MentorFull = "MENTOR_FULL",
            /// The family has a live match. End it first.
            FamilyAlreadyMatched = "FAMILY_ALREADY_MATCHED",
            /// The request's match must be ended first. End it, then close the request.
            MatchLive = "MATCH_LIVE",
            /// The mentor is part of this match already. Choose another one.
            SameMentor = "SAME_MENTOR",
            /// The mentor's account is not in use. Propose somebody else.
            NoActiveAccount = "NO_ACTIVE_ACCOUNT",
            /// The mentor's screening, training or agreement is not in force. Renew the evidence, or propose somebody
            /// else.
            NotReady = "NOT_READY",
            /// The mentor has stepped back. Propose somebody else.
            SteppedBack = "STEPPED_BACK",
            /// The mentor has no free place for a match of this weight. Propose somebody else.
            AtCapacity = "AT_CAPACITY",
            /// The mentor and the family share no language. Propose somebody else.
            NoSharedLanguage = "NO_SHARED_LANGUAGE",
            /// A conflict of interest was declared. Propose somebody else.
            ConflictDeclared = "CONFLICT_DECLARED",
            /// The mentor and the family belong to the same case. Propose somebody else.
            SameCase = "SAME_CASE",
            /// The mentor and the family live in the same town. Propose somebody else.
            SameTown = "SAME_TOWN",
            /// These two are not to be brought together again. Propose somebody else.
            NotAgain = "NOT_AGAIN",
            /// The family does not want this mentor. Propose somebody else.
            FamilyExclusion = "FAMILY_EXCLUSION",
            /// The mentor is not ready for a topic that matters to the family. Propose somebody else.
            TopicNotReady = "TOPIC_NOT_READY",
            /// Somebody else has the time. Choose another one; the payload brings fresh ones.
            SlotTaken = "SLOT_TAKEN",
            /// Not a start that the list of common slots offers. Choose one from the list.
            NotACommonSlot = "NOT_A_COMMON_SLOT",
            /// There are as many days off and extra hours as can be kept. Remove some first.
            TooMany = "TOO_MANY",
            /// Too many sessions of the match wait to be confirmed. Let the other side answer first.
            TooManyWaiting = "TOO_MANY_WAITING",
            /// The side that asked for a time does not confirm it. Let the other side confirm.
            OwnProposal = "OWN_PROPOSAL",
            /// The session has not begun, or not long enough ago. Wait.
            TooEarly = "TOO_EARLY",
            /// The session has begun. Say how it went, or that somebody did not come.
            TooLate = "TOO_LATE",
            /// The client id belongs to another message of yours. Send it under a new one.
            ClientIdReused = "CLIENT_ID_REUSED",
            /// Nothing more can be written after the end of the match. There is nothing to do.
            MatchEnded = "MATCH_ENDED",
            /// The time for edits is over. Write a new message.
            TooLateToEdit = "TOO_LATE_TO_EDIT",
            /// The message was changed as often as it can be. Write a new message.
            TooManyEdits = "TOO_MANY_EDITS",
            /// Very many messages were sent in a short time. Wait a little.
            TooFast = "TOO_FAST",
            /// A moderator has yet to judge the message, so its words stay. Wait for the decision.
            UnderReview = "UNDER_REVIEW",
            /// One's own message cannot be reported. Change it or take it back.
            OwnMessage = "OWN_MESSAGE",
            /// The text holds what the other side must not be shown unread: contact details, a threat, an offer. Take
            /// that out.
            NotToBeShown = "NOT_TO_BE_SHOWN",
            /// Somebody else holds the case. Take another one, or wait until their lease ends.
            CaseTaken = "CASE_TAKEN",
            /// Only who holds the case can do this. Claim it first.
            ClaimFirst = "CLAIM_FIRST",
            /// The case was handed to the safeguarding leads. Leave it to them.
            LeadOnly = "LEAD_ONLY",
            /// This decision does not end a case of this kind. Choose another one.
            WrongDecision = "WRONG_DECISION",
            /// What was decided once is decided anew by somebody else. Leave it to a colleague.
            SomebodyElseMustDecide = "SOMEBODY_ELSE_MUST_DECIDE",
            /// You gave many reasons for this message already that nobody has decided on yet. Wait for the decision.
            TooManyReasons = "TOO_MANY_REASONS",
            /// What the redaction would show still holds something for which a message is held. Take that out too, or
            /// block the message.
            StillRisky = "STILL_RISKY",
            /// You have this family open already. Use that opening.
            AlreadyOpen = "ALREADY_OPEN",
            /// The family has been told, so there is nothing to put off any more. There is nothing to do.
            AlreadyTold = "ALREADY_TOLD",
            /// Whoever opened a family cannot also judge it, or put the telling off again. Leave it to a colleague.
            SomebodyElseMustDoThis = "SOMEBODY_ELSE_MUST_DO_THIS",
            /// The release is not signed, is over or was taken back: nothing leaves the programme. Ask the family for a
            /// new one.
            ReleaseNotLive = "RELEASE_NOT_LIVE",
            /// The field is none of those that the family agreed to. Leave it out, or ask for a new release.
            FieldNotReleased = "FIELD_NOT_RELEASED",
            /// Every field must be confirmed, and no other. Confirm exactly those that the release names.
            ConfirmEachField = "CONFIRM_EACH_FIELD",
        }
    };
}

macro_rules! code {
    ($($(#[$doc:meta])+ $name:ident = $text:literal,)+) => {
        /// A stable, machine-readable name of a problem, for example `SLOT_TAKEN`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[$doc])+ $name,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The name as it leaves the service.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

every_code!(code);

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
