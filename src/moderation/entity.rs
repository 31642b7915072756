//! The tables of moderation. Private to the feature.

pub(super) mod case {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_case")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub programme_id: Uuid,
        pub family_id: Uuid,
        pub match_id: Uuid,
        pub conversation_id: Uuid,
        pub message_id: Option<Uuid>,
        pub kind: String,
        pub priority: i32,
        pub state: String,
        pub opened_at: At,
        pub due_at: At,
        pub claimed_by: Option<Uuid>,
        pub lease_until: Option<At>,
        pub decided_by: Option<Uuid>,
        pub decision: Option<String>,
        pub decided_at: Option<At>,
        pub version: i32,
        pub report_count: i32,
        pub last_reported_at: Option<At>,
        pub escalated_at: Option<At>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod note {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_note")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub case_id: Uuid,
        pub visibility: String,
        pub body_sealed: Vec<u8>,
        pub author_account_id: Uuid,
        pub created_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
