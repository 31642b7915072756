//! The tables of matching.

pub(crate) mod request {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "support_request")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub family_id: Uuid,
        pub programme_id: Uuid,
        pub state: String,
        pub urgency: Option<String>,
        pub facts: String,
        pub hopes_sealed: Option<Vec<u8>>,
        pub created_at: At,
        pub updated_at: At,
        pub submitted_at: Option<At>,
        pub triaged_at: Option<At>,
        pub due_at: Option<At>,
        pub close_reason: Option<String>,
        pub version: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod proposal {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "proposal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub request_id: Uuid,
        pub family_id: Uuid,
        pub mentor_id: Uuid,
        pub programme_id: Uuid,
        pub state: String,
        pub weight: i32,
        pub score: i32,
        pub snapshot: String,
        pub policy_version: String,
        pub created_by: Uuid,
        pub created_at: At,
        pub updated_at: At,
        pub expires_at: Option<At>,
        pub paused_at: Option<At>,
        pub declined_by: Option<String>,
        pub decline_reason: Option<String>,
        pub question_sealed: Option<Vec<u8>>,
        pub information_sealed: Option<Vec<u8>>,
        pub version: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod declaration {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "conflict_declaration")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub proposal_id: Uuid,
        pub side: String,
        pub has_conflict: i32,
        pub detail_sealed: Option<Vec<u8>>,
        pub declared_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod peer_match {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "peer_match")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub request_id: Uuid,
        pub proposal_id: Uuid,
        pub family_id: Uuid,
        pub mentor_id: Uuid,
        pub programme_id: Uuid,
        pub state: String,
        pub weight: i32,
        pub backup_mentor_id: Option<Uuid>,
        pub started_at: At,
        pub first_contact_due_at: At,
        pub goodbye_at: Option<At>,
        pub ended_at: Option<At>,
        pub end_reason: Option<String>,
        pub version: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod not_again {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "not_again")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub family_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub mentor_id: Uuid,
        pub created_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
