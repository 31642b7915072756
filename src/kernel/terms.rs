//! The words in which both a family's request and a mentor's profile are told, so that matching can compare them. Closed
//! lists in broad terms, on purpose.

use super::states::texts;

texts! {
    /// What happened, in broad terms.
    pub enum ExploitationKind {
        /// Forced or exploited labour.
        Labour = "labour",
        /// Sexual exploitation.
        SexualExploitation = "sexual_exploitation",
        /// Exploitation that took place online.
        Online = "online",
        /// Missing, and at risk.
        MissingAtRisk = "missing_at_risk",
        /// Not known, or not said.
        Unknown = "unknown",
    }
}

texts! {
    /// Where the family stands.
    pub enum Phase {
        /// The child is missing.
        Missing = "missing",
        /// The child is back.
        Recovered = "recovered",
        /// Courts are at work.
        InCourt = "in_court",
        /// Some time after.
        Later = "later",
    }
}

texts! {
    /// What the caregiver is to the child, or the mentor was.
    pub enum CaregiverRole {
        /// Mother, father or step-parent.
        Parent = "parent",
        /// A grandparent.
        Grandparent = "grandparent",
        /// A foster parent.
        FosterParent = "foster_parent",
        /// A grown sister or brother.
        Sibling = "sibling",
        /// Anyone else who cares for the child.
        OtherCaregiver = "other_caregiver",
    }
}

texts! {
    /// The child's age at the time, in bands.
    pub enum AgeBand {
        /// Younger than 10.
        Under10 = "under_10",
        /// 10 to 13.
        From10To13 = "from_10_to_13",
        /// 14 to 17.
        From14To17 = "from_14_to_17",
        /// 18 or older.
        Adult = "adult",
    }
}

texts! {
    /// How family and mentor meet.
    pub enum Channel {
        /// In writing, inside the service.
        Messages = "messages",
        /// By telephone.
        Phone = "phone",
        /// By video.
        Video = "video",
    }
}

texts! {
    /// Whom a family would rather talk to, or what a mentor says of themself.
    pub enum GenderPreference {
        /// A woman.
        Woman = "woman",
        /// A man.
        Man = "man",
        /// No wish, or not said.
        Any = "any",
    }
}

texts! {
    /// The languages in which the service itself speaks to families.
    pub enum TextLanguage {
        /// English.
        English = "en",
        /// Spanish.
        Spanish = "es",
    }
}
